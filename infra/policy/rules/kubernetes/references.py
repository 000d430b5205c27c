"""What one object says of another: it must be there."""

from collections.abc import Iterator
from functools import partial

from ...index import Objects
from ...objects import Object, Path, Pod, entries, get, mapping, namespace, nodes
from ...rule import SetFinding, SetRule, Severity

OPERATED = {
    "seldon-deployment-id": "machinelearning.seldon.io/SeldonDeployment",
    "serving.kserve.io/inferencegraph": "serving.kserve.io/InferenceGraph",
    "serving.kserve.io/inferenceservice": "serving.kserve.io/InferenceService",
}
"""The labels by which an operator marks the pods that it makes, with their custom resource's name."""
SELECTING: dict[str, Path] = {
    "Service": ("spec", "selector"),
    "networking.k8s.io/NetworkPolicy": ("spec", "podSelector"),
    "policy/PodDisruptionBudget": ("spec", "selector"),
    "security.istio.io/AuthorizationPolicy": ("spec", "selector"),
    "security.istio.io/PeerAuthentication": ("spec", "selector"),
}
ALWAYS_THERE = frozenset({("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")})
"""What Kubernetes itself puts into every namespace."""

Reference = tuple[Path, str, str]
"""Where, to which kind, and to which name."""

SOURCES = {
    "configMap": ("ConfigMap", "name"),
    "persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"),
    "secret": ("Secret", "secretName"),
}
PROJECTED = {"configMap": ("ConfigMap", "name"), "secret": ("Secret", "name")}
ENV_FROM = {"configMapRef": ("ConfigMap", "name"), "secretRef": ("Secret", "name")}
ENV_VALUE = {"configMapKeyRef": ("ConfigMap", "name"), "secretKeyRef": ("Secret", "name")}


def _named(node: Object, path: Path, fields: dict[str, tuple[str, str]]) -> Iterator[Reference]:
    """The references among the `fields` of one node, but for optional ones."""
    for field, (kind, key) in fields.items():
        source = mapping(node, field)
        if source.get(key) and not source.get("optional"):
            yield (*path, field, key), kind, str(source[key])


def _references(found: Pod) -> Iterator[Reference]:
    spec = (*found.path, "spec")
    if account := found.spec.get("serviceAccountName"):
        yield (*spec, "serviceAccountName"), "ServiceAccount", str(account)
    for index, item in enumerate(entries(found.spec, "imagePullSecrets")):
        yield (*spec, "imagePullSecrets", index), "Secret", str(get(item, "name"))
    for path, volume in found.volumes:
        yield from _named(volume, path, SOURCES)
        for index, source in enumerate(entries(volume, "projected", "sources")):
            yield from _named(source, (*path, "projected", "sources", index), PROJECTED)
    for path, container in found.containers:
        for index, item in enumerate(entries(container, "envFrom")):
            yield from _named(item, (*path, "envFrom", index), ENV_FROM)
        for index, item in enumerate(entries(container, "env")):
            yield from _named(mapping(item, "valueFrom"), (*path, "env", index, "valueFrom"), ENV_VALUE)


def _dangling(objects: Objects, wanted: str) -> Iterator[SetFinding]:
    for found in objects.pods:
        place = namespace(found.workload)
        for path, kind, name in _references(found):
            there = (kind, name) in ALWAYS_THERE or objects.find(kind, place, name)
            if kind == wanted and not there:
                yield found.workload, path, f"{kind} {name!r} is not in namespace {place!r}"


@partial(
    SetRule,
    id="reference-config-map",
    severity=Severity.MANDATORY,
    title="Every ConfigMap that a pod names exists",
    reason="The pod stays in CreateContainerConfigError or ContainerCreating until it appears.",
    remedy="Deploy the ConfigMap with the workload, or mark the reference `optional: true`.",
    reference="https://kubernetes.io/docs/concepts/configuration/configmap/",
)
def config_maps(objects: Objects) -> Iterator[SetFinding]:
    return _dangling(objects, "ConfigMap")


@partial(
    SetRule,
    id="reference-service-account",
    severity=Severity.MANDATORY,
    title="Every ServiceAccount that a pod names exists",
    reason="No pod is made at all until it appears; the reason is only in the events of the ReplicaSet.",
    remedy="Deploy the ServiceAccount with the workload.",
    reference="https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
)
def service_accounts(objects: Objects) -> Iterator[SetFinding]:
    return _dangling(objects, "ServiceAccount")


@partial(
    SetRule,
    id="reference-volume-claim",
    severity=Severity.MANDATORY,
    title="Every PersistentVolumeClaim that a pod names exists",
    reason="The pod stays Pending until it appears.",
    remedy="Deploy the PersistentVolumeClaim with the workload.",
    reference="https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes",
)
def volume_claims(objects: Objects) -> Iterator[SetFinding]:
    return _dangling(objects, "PersistentVolumeClaim")


@partial(
    SetRule,
    id="reference-secret",
    severity=Severity.ADVISORY,
    title="Every Secret that a pod, Ingress or Gateway names is known",
    reason="A Secret is often put there by other hands, as it should be; then they must come first.",
    remedy="Deploy the Secret (or what creates it) with the workload, or make sure that it is there before.",
    reference="https://kubernetes.io/docs/concepts/configuration/secret/",
)
def secrets(objects: Objects) -> Iterator[SetFinding]:
    yield from _dangling(objects, "Secret")
    for item in objects.of("networking.k8s.io/Ingress", "networking.istio.io/Gateway"):
        for path, node in nodes(mapping(item, "spec"), ("spec",)):
            wanted = get(node, "secretName") or get(node, "credentialName")
            if wanted and not objects.find("Secret", namespace(item), str(wanted)):
                yield item, path, f"Secret {wanted!r} is not in namespace {namespace(item)!r}"


@partial(
    SetRule,
    id="selector-matches",
    severity=Severity.MANDATORY,
    title="Every selector selects something",
    reason="A Service without pods answers nobody, a budget or policy without pods guards nothing; neither complains.",
    remedy="Make the selector equal labels of a pod template in the same namespace.",
    reference="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
)
def selectors(objects: Objects) -> Iterator[SetFinding]:
    for kind, path in SELECTING.items():
        for item in objects.of(kind):
            picked = _operated(objects, item, path) or next(objects.picked_by(item, *path), None)
            if get(item, *path) and not picked:
                yield item, path, f"selects no pod of namespace {namespace(item)!r}"


def _operated(objects: Objects, item: Object, path: Path) -> bool:
    """Whether a selector picks the pods that an operator makes of one of the objects."""
    labels = mapping(item, *path, "matchLabels")
    return any(objects.find(kind, namespace(item), str(labels.get(label))) for label, kind in OPERATED.items())


@partial(
    SetRule,
    id="service-port",
    severity=Severity.MANDATORY,
    title="Every port that a Service names exists in its pods",
    reason="A named port that no container has leaves the Service without endpoints.",
    remedy="Name the port in the container's `ports`, or use its number as `targetPort`.",
    reference="https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports",
)
def service_ports(objects: Objects) -> Iterator[SetFinding]:
    for item in objects.of("Service"):
        pods = list(objects.picked_by(item, "spec", "selector"))
        for index, port in enumerate(entries(item, "spec", "ports")):
            target = get(port, "targetPort")
            if isinstance(target, str) and not all(target in _port_names(found) for found in pods):
                yield item, ("spec", "ports", index, "targetPort"), f"no container has a port named {target!r}"


def _port_names(found: Pod) -> set[str]:
    return {str(get(port, "name")) for _, container in found.containers for port in entries(container, "ports")}
