"""What tests choose about each add-on: the least that it asks for, and every option turned on."""

from functools import cache
from itertools import product
from typing import Any

from components import catalog
from components.addon import Addon
from components.context import Collector, Context, Conventions, Profile, Traits
from components.mirror import Mirror
from components.unit import Unit

LEAST: dict[str, dict[str, Any]] = {
    "ingress_nginx": {"accept_retired": True},
    "jupyterhub": {"host": "jupyterhub.example.it", "tls_secret": "jupyterhub-tls"},
    "nfs_provisioner": {"server": "nfs.example.it", "share": "/exports"},
}
"""Where an add-on does not go without a choice."""
MOST: dict[str, tuple[dict[str, Any], ...]] = {
    "cert_manager": ({"acme": {"email": "platform@example.it", "ingress_class": "istio", "directory": "production"}},),
    "gateway_api": ({"gateway_class": "istio"}, {"gateway_class": "gke-l7-rilb", "tls_secret": "models-tls"}),
    "ingress_nginx": (
        {"accept_retired": True, "access_log": True}
        | {"ingress_class": "edge", "default": True, "service": "ClusterIP"},
    ),
    "istio": (
        {"tls_secret": "wildcard", "access_log": "errors"},
        {"tls_secret": "wildcard", "access_log": "all", "service_type": "NodePort", "mutual_tls": False},
    ),
    "kserve": (
        {"domain": "models.example.it", "ingress_class": "istio", "runtimes": ["mlserver"], "graphs": True},
        {"domain": "models.example.it", "gateway": "istio-system/models", "runtimes": ["huggingfaceserver"]},
    ),
    "metallb": ({"addresses": ["172.25.1.1-172.25.1.100", "172.25.2.0/24"]},),
    "mlflow": (
        {"host": "mlflow.example.it", "ingress_class": "istio", "tls_secret": "mlflow-tls", "database": "managed"},
        {"artifacts": "az://account/container/a", "credentials": "store", "database": "managed"},
        {"storage_class": "files", "artifacts_size": "1Ti", "database_size": "50Gi"},
    ),
    "monitoring": (
        {
            **{"host": "grafana.example.it", "tls_secret": "grafana-tls", "ingress_class": "istio"},
            **{"retention_days": 30, "storage": "200Gi", "storage_class": "fast"},
            "notify": {"kind": "slack", "secret": "alerts", "channel": "#models"},
            "objectives": {"error_percent": 1, "p99_seconds": 0.5},
        },
        {"notify": {"kind": "webhook", "secret": "alerts"}},
        {"notify": {"kind": "pagerduty", "secret": "alerts"}},
    ),
    "nfs_provisioner": (
        {"server": "10.0.0.9", "share": "/a/b", "storage_class": "files", "default": True, "mount_options": ["soft"]},
    ),
    "argo_cd": (
        {
            "delivery": {"repository": "https://git.example.com/platform.git", "path": "a/b", "revision": "v1"},
            "host": "argo.example.it",
            "ingress_class": "istio",
            "tls_secret": "argo-tls",
            "sign_on": {
                "issuer": "https://login.example.it/realm",
                "client_id": "argo",
                "secret": "argo-oidc",
                "admins": ["platform"],
            },
        },
    ),
    "tracing": (
        {
            **{"sampled_percent": 1, "retention_hours": 24, "storage": "5Gi", "storage_class": "fast"},
            "collector_image": "registry.example.it/collector:1",
            "jaeger_image": "registry.example.it/jaeger:1",
        },
    ),
}
"""Choices that turn every option on; several where options exclude each other."""

KEYS = catalog.names("components.addons")
NO_MIRROR = Mirror()
PROFILES: tuple[Profile, ...] = ("laptop", "production")
TRAITS = {
    "storage_class": (None, "standard"),
    "shared_storage_class": (None, "shared"),
    **dict.fromkeys(("load_balancer", "gateway_api", "metrics_api", "adds_nodes", "gpu_devices"), (False, True)),
}
EASY = Traits(storage_class="standard", load_balancer=True)
NEIGHBOURS: dict[str, Any] = {
    "traces": Collector(namespace="tracing", service="collector", port=4317),
    "certificates": True,
}


def variants(key: str) -> list[Addon]:
    """The add-on with the least chosen, then with the most."""
    kind = catalog.kind("components.addons", key, Addon)
    return [kind.model_validate(choices) for choices in (LEAST.get(key, {}), *MOST.get(key, ()))]


@cache
def contexts(profile: Profile, mirror: Mirror = NO_MIRROR) -> tuple[Context, ...]:
    """One for every combination of traits that add-ons look at, and one with neighbours that they know of."""
    combinations = (dict(zip(TRAITS, values, strict=True)) for values in product(*TRAITS.values()))
    conventions = Conventions(profile=profile, mirror=mirror)
    alone = (Context(traits=Traits.model_validate(each), conventions=conventions) for each in combinations)
    beside = Conventions(profile=profile, mirror=mirror, **NEIGHBOURS)
    return (*alone, Context(traits=EASY, conventions=beside))


@cache
def units(key: str, profile: Profile, mirror: Mirror = NO_MIRROR) -> tuple[Unit, ...]:
    """Every different unit of the add-on, mirrored, on the clusters that it does not refuse."""
    found: list[Unit] = []
    for addon, context in product(variants(key), contexts(profile, mirror)):
        if not any(addon.mistakes(context)) and (unit := addon.unit(context)) not in found:
            found.append(unit)
    return tuple(map(mirror.unit, found))
