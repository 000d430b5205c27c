"""What an environment says about policy: how strict it is, whom it trusts, and what it excepts."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from .exemption import Exemption

REGISTRIES = ("docker.io", "gcr.io", "ghcr.io", "nvcr.io", "quay.io", "registry.istio.io", "registry.k8s.io")
"""The registries of the projects whose images this library names."""

STORES = tuple(f"{each}://" for each in ("az", "configmap", "gs", "mlflow", "nfs", "oci", "pvc", "s3"))
"""Where an organisation keeps its own; not https:// and hf://, where anybody publishes."""


class Level(StrEnum):
    """A laptop is warned; production is refused."""

    LAPTOP = "laptop"
    PRODUCTION = "production"


@dataclass(frozen=True)
class Terms:
    """`registries` and `sources` are beginnings of what images and models are called: a host, or more of the path."""

    level: Level = Level.PRODUCTION
    exemptions: tuple[Exemption, ...] = ()
    registries: tuple[str, ...] = REGISTRIES
    sources: tuple[str, ...] = STORES
    today: date = field(default_factory=date.today)

    @classmethod
    def of(
        cls,
        level: Level,
        exemptions: Iterable[Exemption],
        registries: Iterable[str] | None,
        sources: Iterable[str] | None,
    ) -> "Terms":
        """The terms of today; None: what is trusted by itself."""
        return cls(
            level,
            tuple(exemptions),
            REGISTRIES if registries is None else tuple(registries),
            STORES if sources is None else tuple(sources),
        )


def from_config(config: Mapping[str, str]) -> Terms:
    """What the configuration of a Pulumi stack says below `slipway:`: text, or JSON for all else."""
    exceptions, registries, sources = (
        json.loads(config.get(f"slipway:{key}", "null")) for key in ("exceptions", "registries", "sources")
    )
    level = Level(config.get("slipway:profile", Level.PRODUCTION))
    return Terms.of(level, map(_exemption, exceptions or ()), registries, sources)


def day(said: str) -> str:
    """A date of YAML's, which reaches a stack's configuration with a time of day, without it."""
    return said.removesuffix(" 00:00:00 +0000 UTC")


def _exemption(said: Mapping[str, Any]) -> Exemption:
    return Exemption(said["rule"], said["object"], said["reason"], date.fromisoformat(day(said["until"])))
