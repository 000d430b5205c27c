"""Plain objects that belong to an add-on rather than to a model."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from components.unit import MANAGED_BY, GeneratedSecret, KubernetesObject, Unit


def labels(name: str) -> dict[str, str]:
    """The labels of every object of add-on `name`."""
    owned = dict.fromkeys(("slipway/owner", "slipway/cost-center"), "platform")
    return {"app.kubernetes.io/name": name, **MANAGED_BY, **owned}


def excepted(**reasons: str) -> dict[str, dict[str, str]]:
    """Metadata by which an object excepts itself from rules of policy (`_` for `-` in their ids): docs/policy.md."""
    return {"annotations": {f"policy.slipway/{rule.replace('_', '-')}": why for rule, why in reasons.items()}}


HAS_HOST = excepted(ingress_exposure="the environment gives it a host")
"""Of an Ingress that is there because somebody asked for it."""


def tls(host: str | None, secret: str | None) -> dict[str, Any]:
    """The field of an Ingress that ends TLS for `host` with the certificate in `secret`; none without one."""
    return {"tls": [{"hosts": [host], "secretName": secret}]} if secret else {}


def platform_object(
    api: str,
    kind: str,
    name: str,
    namespace: str | None = None,
    *,
    of: str,
    metadata: Mapping[str, Any] | None = None,
    **parts: Any,
) -> KubernetesObject:
    """An object of add-on `of`; `parts` are its top-level fields, such as spec. No namespace: cluster scope."""
    own = {"name": name, **({"namespace": namespace} if namespace else {}), "labels": labels(of), **(metadata or {})}
    return {"apiVersion": api, "kind": kind, "metadata": own, **parts}


def secret_object(secret: GeneratedSecret, namespace: str, values: Mapping[str, Any]) -> KubernetesObject:
    """A generated Secret that holds `values`."""
    return platform_object("v1", "Secret", secret.name, namespace, of=secret.name, stringData=dict(values))


def generated(units: Iterable[Unit]) -> Iterator[tuple[KubernetesObject, Mapping[str, int]]]:
    """Each generated Secret without its values, and how many digits they have."""
    for unit in units:
        yield from ((secret_object(secret, unit.namespace.name, {}), secret.keys) for secret in unit.secrets)


def reserved(cpu: str, memory: str, memory_limit: str | None = None) -> dict[str, dict[str, str]]:
    """What a container of the platform reserves; its memory is its limit too unless one is said, CPU has none."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory_limit or memory}}


def spread(match: dict[str, str]) -> dict[str, Any]:
    """A topology spread constraint: pods with the labels `match` go to different machines where there are enough."""
    where = {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway"}
    return {**where, "labelSelector": {"matchLabels": match}}
