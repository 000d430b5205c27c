"""Carries out an environment without an engine: its rendered objects, applied and pruned with kubectl."""

import base64
import secrets
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import IO

from components import render
from components.errors import SlipwayError
from components.unit import MANAGED_BY, KubernetesObject, Unit
from infra.inventory import NAMESPACE, Identity, identity, note, noted
from infra.kubectl import Kubectl
from infra.settings import Target
from sandbox import Step


def refuse_charts(units: Iterable[Unit]) -> None:
    """Raises SlipwayError where a unit is more than its objects: kubectl installs no Helm charts."""
    if charted := [unit.name for unit in units if unit.charts]:
        fact = f"{', '.join(charted)}: made of Helm charts, which kubectl cannot install"
        raise SlipwayError(f"{fact}. Install Pulumi, or render the environment and let Argo CD apply it")


class Rendered:
    """An environment on a cluster that exists."""

    def __init__(self, target: Target, kubectl: Kubectl) -> None:
        self._target, self._kubectl = target, kubectl

    @cached_property
    def _units(self) -> tuple[Unit, ...]:
        return self._target.units()

    def apply(self) -> Step:
        """Make every object as rendered, and generate the Secrets that are not there.

        Noted beforehand together with what is there, so that a stop forgets none.
        """

        def run(log: IO[str]) -> str:
            objects = self._objects()
            both = {**dict.fromkeys(self._noted()), **dict.fromkeys(map(identity, objects))}
            self._kubectl.apply([note(self._target.name, both)], log)
            self._kubectl.apply(self._filled(objects), log)
            return f"{len(objects)} objects"

        return Step("Apply with kubectl", run)

    def prune(self) -> Step:
        """Remove what an earlier run made and this environment no longer has; to run when the new objects serve."""

        def run(log: IO[str]) -> str:
            return self._delete(self.unwanted(), [identity(manifest) for manifest in self._objects()], log)

        return Step("Remove what is no longer wanted", run)

    def remove(self) -> Step:
        """Remove everything that `apply` made."""
        return Step("Remove every object", lambda log: self._delete(self._own(self._noted()), [], log))

    def wanted(self) -> Iterator[KubernetesObject]:
        """What `apply` makes."""
        return self._filled(self._objects())

    def unwanted(self) -> list[Identity]:
        """What `prune` removes."""
        kept = {identity(manifest).object for manifest in self._objects()}
        return self._own([each for each in self._noted() if each.object not in kept])

    def exists(self) -> bool:
        """Whether this environment was applied to the cluster in this way."""
        return bool(self._noted())

    def _objects(self) -> list[KubernetesObject]:
        """What is to be on the cluster, namespaces first; generated Secrets without their values."""
        (_, namespaces), *folders = sorted(render.folders(self._units))
        rest = (manifest for _, objects in folders for manifest in objects)
        return [*namespaces, *(manifest for manifest, _ in self._generated()), *rest]

    def _generated(self) -> Iterator[tuple[KubernetesObject, Mapping[str, int]]]:
        """Each generated Secret without its values, and how many digits they have."""
        for unit in self._units:
            yield from ((secret.manifest(unit.namespace.name, {}), secret.keys) for secret in unit.secrets)

    def _filled(self, objects: Iterable[KubernetesObject]) -> Iterator[KubernetesObject]:
        """The objects, a generated Secret with values for what the cluster lacks of it, or not at all."""
        digits = {identity(manifest): keys for manifest, keys in self._generated()}
        for manifest in objects:
            keys = digits.get(identity(manifest), {})
            found = (self._kubectl.get(manifest) if keys else None) or {}
            known = {key: base64.b64decode(value).decode() for key, value in found.get("data", {}).items()}
            if lacking := {key: secrets.token_hex(keys[key])[: keys[key]] for key in keys if key not in known}:
                yield {**manifest, "stringData": known | lacking}
            elif not keys:
                yield manifest

    def _noted(self) -> list[Identity]:
        found = self._kubectl.get(note(self._target.name, []))
        return noted(found) if found else []

    def _own(self, identities: list[Identity]) -> list[Identity]:
        """Without what other environments have on this cluster too, such as the models' namespace."""
        shared = self._shared() if identities else set()
        return [each for each in identities if each not in shared]

    def _shared(self) -> set[Identity]:
        """What other environments have noted on this cluster."""
        own = note(self._target.name, [])["metadata"]["name"]
        notes = self._kubectl.select("configmap", NAMESPACE, MANAGED_BY)
        return {each for found in notes if found["metadata"]["name"] != own for each in noted(found)}

    def _delete(self, unwanted: list[Identity], kept: list[Identity], log: IO[str]) -> str:
        self._kubectl.delete([each.manifest() for each in reversed(unwanted)], log)
        rest = note(self._target.name, kept)
        self._kubectl.apply([rest], log) if kept else self._kubectl.delete([rest], log)
        return f"{len(unwanted)} objects" if unwanted else "nothing"
