"""KServe: several models behind one address, as an InferenceGraph, without Knative (its Standard mode)."""

from collections.abc import Iterator
from typing import Any

from components.addon import Addon
from components.addons.kserve import API, KServe
from components.addons.metrics_server import MetricsServer
from components.checked import Checked
from components.context import Context
from components.errors import Mistake, YamlPath
from components.kserve import access, router
from components.kserve.graph import Nodes, drawn
from components.kserve.ignored import LONGEST, MODE, SCALER, STANDARD, foreign
from components.kserve.router import RouterSpec
from components.kserve.step import GraphStep
from components.model_stack import Endpoint, ModelStack
from components.network_policy import Rules
from components.picture import Step
from components.unit import KubernetesObject
from components.values import within

PORT = 8080
"""Of KServe's router."""


class KServeGraph(Checked, ModelStack):
    """One InferenceGraph: nodes, and the pods of the router that walks them."""

    nodes: Nodes
    router: RouterSpec = {}
    """All else, as KServe spells it: replicas, resources, limits of time, where its pods run."""
    annotations: dict[str, str] = {}
    """What the operator and the router's pods are told."""
    object_labels: dict[str, str] = {}
    """Of the InferenceGraph and the router's pods."""
    hardened: bool = True
    """The router gets what every model's pods do: an account, a NetworkPolicy, mutual TLS. False emits the
    InferenceGraph alone."""
    sample: dict[str, Any] | None = None
    """A request that its steps understand."""
    answer: dict[str, Any] | None = None

    def _refusals(self) -> Iterator[Mistake]:
        yield from router.refusals(self.router, self.annotations)
        if len(self.name) > LONGEST:
            yield Mistake(("name",), f"has {len(self.name)} characters; KServe's labels leave it {LONGEST}. Shorten it")
        yield from foreign(self.annotations)
        for field in ("credentials", "reads"):
            if getattr(self, field):
                yield Mistake((field,), "the router reads no store. Say it of the models behind it")

    @property
    def _steps(self) -> tuple[GraphStep, ...]:
        return tuple(step for _, step in within(self, GraphStep))

    @property
    def _services(self) -> list[str]:
        return sorted({step.service_name for step in self._steps if step.service_name})

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        scales = "maxReplicas" in self.router and self.annotations.get(SCALER, "hpa") == "hpa"
        return (KServe, *((MetricsServer,) if scales and not context.traits.metrics_api else ()))

    def asks(self, context: Context) -> dict[YamlPath, str]:
        called = {(*path, "service_name"): step.service_name for path, step in within(self, GraphStep)}
        return {path: f"InferenceService {name}" for path, name in called.items() if name}

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        yield from super().mistakes(context)
        space, mesh = context.models, context.conventions.mesh
        if space.pod_security == "restricted":
            fact = f"KServe's router says no seccomp profile, and namespace {space.name!r} keeps such pods out"
            yield Mistake((), f"{fact}. Say kserve's `graphs: true`, which lowers it to baseline")
        if not self.hardened and not mesh.items() <= self.object_labels.items():
            fact = "leaves its router out of the mesh, where models answer nobody else"
            yield Mistake(("hardened",), f"{fact}. Leave it out, or say istio's `mutual_tls: false`")

    def objects(self, context: Context) -> list[KubernetesObject]:
        mode = {MODE: STANDARD[0]} if self.hardened else {}
        pods = context.conventions.mesh if self.hardened else {}
        told = {**mode, **self.annotations}
        metadata = {
            **self.metadata(context),
            "labels": {**self.labels, **pods, **self.object_labels},
            **({"annotations": told} if told else {}),
        }
        account = {"serviceAccountName": self.name} if self.hardened else {}
        spec = {"nodes": {name: each.manifest() for name, each in self.nodes.items()}, **account, **self.router}
        graph = {"apiVersion": f"{API}/v1alpha1", "kind": "InferenceGraph", "metadata": metadata, "spec": spec}
        return [*(self._access(context) if self.hardened else []), graph]

    def _access(self, context: Context) -> list[KubernetesObject]:
        meshed = bool(context.conventions.mesh)
        return access.objects(self.metadata(context), access.GRAPH, (PORT,), self._calls(), meshed, ())

    def _calls(self) -> Rules:
        among = {"matchExpressions": [{"key": access.SERVICE, "operator": "In", "values": self._services}]}
        elsewhere = (step.opening for step in self._steps if step.service_url)
        return [
            *([{"to": [{"podSelector": among}]}] if self._services else []),
            *({str(each): each for each in elsewhere}.values()),
        ]

    def endpoints(self, context: Context) -> tuple[Endpoint, ...]:
        url = f"{self.url(context)}/"
        return (Endpoint(model=self.name, url=url, sample=self.sample, answer=self.answer),)

    def summary(self) -> tuple[str, ...]:
        nodes = (f"{name}: {each.router_type}" for name, each in self.nodes.items())
        return (*super().summary(), *nodes, *self._services)

    def picture(self) -> Step:
        return Step("requests", then=(drawn(self.nodes),))
