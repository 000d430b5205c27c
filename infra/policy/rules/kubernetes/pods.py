"""The restricted Pod Security Standard, control by control, and a root file system that nobody writes to."""

from collections.abc import Iterator
from functools import partial

from ...objects import Object, Path, entries, get, kind, mapping, number, pod
from ...rule import Finding, ObjectRule, Severity

STANDARD = "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
LEVELS = ("privileged", "baseline", "restricted")
ENFORCE = "pod-security.kubernetes.io/enforce"
CAPABILITIES = frozenset({"NET_BIND_SERVICE"})
SECCOMP = frozenset({"RuntimeDefault", "Localhost"})
VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)


def _contexts(item: Object) -> Iterator[tuple[Path, Object, Object]]:
    """Each container's security context with its path, and the pod's, which it inherits from."""
    if found := pod(item):
        of_pod = mapping(found.spec, "securityContext")
        for path, container in found.containers:
            yield (*path, "securityContext"), mapping(container, "securityContext"), of_pod


@partial(
    ObjectRule,
    id="pod-privileged",
    severity=Severity.MANDATORY,
    title="No privileged container",
    reason="A privileged container is root on its node.",
    remedy="Remove `privileged` and `windowsOptions.hostProcess`.",
    reference=STANDARD + "#baseline",
)
def privileged(item: Object) -> Iterator[Finding]:
    for path, own, of_pod in _contexts(item):
        if own.get("privileged"):
            yield (*path, "privileged"), "runs privileged"
        if get(own, "windowsOptions", "hostProcess") or get(of_pod, "windowsOptions", "hostProcess"):
            yield (*path, "windowsOptions", "hostProcess"), "runs as a process of the host"


@partial(
    ObjectRule,
    id="pod-non-root",
    severity=Severity.MANDATORY,
    title="Containers run as a user other than root",
    reason="Root in a container is one kernel bug away from root on the node.",
    remedy="Set `runAsNonRoot: true` on the pod or on each container, and no `runAsUser: 0`.",
    reference=STANDARD + "#restricted",
)
def non_root(item: Object) -> Iterator[Finding]:
    for path, own, of_pod in _contexts(item):
        inherited = {**of_pod, **own}
        if inherited.get("runAsNonRoot") is not True:
            yield (*path, "runAsNonRoot"), "may run as root"
        if number(inherited, "runAsUser") == 0:
            yield (*path, "runAsUser"), "runs as user 0, which is root"


@partial(
    ObjectRule,
    id="pod-privilege-escalation",
    severity=Severity.MANDATORY,
    title="No process gains privileges",
    reason="A set-user-ID binary would turn any user into root.",
    remedy="Set `allowPrivilegeEscalation: false` on each container.",
    reference=STANDARD + "#restricted",
)
def privilege_escalation(item: Object) -> Iterator[Finding]:
    for path, own, _ in _contexts(item):
        if own.get("allowPrivilegeEscalation") is not False:
            yield (*path, "allowPrivilegeEscalation"), "may gain privileges"


@partial(
    ObjectRule,
    id="pod-capabilities",
    severity=Severity.MANDATORY,
    title="All Linux capabilities dropped",
    reason="The default set includes raw sockets and changing the owner of files.",
    remedy="Set `capabilities: {drop: [ALL]}`; add back NET_BIND_SERVICE at most.",
    reference=STANDARD + "#restricted",
)
def capabilities(item: Object) -> Iterator[Finding]:
    for path, own, _ in _contexts(item):
        if "ALL" not in entries(own, "capabilities", "drop"):
            yield (*path, "capabilities", "drop"), "does not drop ALL capabilities"
        for index, added in enumerate(entries(own, "capabilities", "add")):
            if str(added) not in CAPABILITIES:
                yield (*path, "capabilities", "add", index), f"adds capability {added}"


@partial(
    ObjectRule,
    id="pod-seccomp",
    severity=Severity.MANDATORY,
    title="System calls filtered by seccomp",
    reason="Unfiltered, a container reaches every system call of the node's kernel.",
    remedy="Set `seccompProfile: {type: RuntimeDefault}` on the pod.",
    reference=STANDARD + "#restricted",
)
def seccomp(item: Object) -> Iterator[Finding]:
    for path, own, of_pod in _contexts(item):
        profile = get(own, "seccompProfile", "type") or get(of_pod, "seccompProfile", "type")
        if str(profile) not in SECCOMP:
            yield (*path, "seccompProfile", "type"), f"has seccomp profile {profile or 'none'}"


@partial(
    ObjectRule,
    id="pod-host-namespaces",
    severity=Severity.MANDATORY,
    title="No namespace of the host",
    reason="In the host's network, process or IPC namespace a pod sees what is not its own, past every NetworkPolicy.",
    remedy="Remove `hostNetwork`, `hostPID` and `hostIPC`.",
    reference=STANDARD + "#baseline",
)
def host_namespaces(item: Object) -> Iterator[Finding]:
    if found := pod(item):
        for field in ("hostNetwork", "hostPID", "hostIPC"):
            if found.spec.get(field):
                yield (*found.path, "spec", field), f"{field} is on"


@partial(
    ObjectRule,
    id="pod-host-ports",
    severity=Severity.MANDATORY,
    title="No port of the host",
    reason="A host port opens the node to the network and lets one replica run per node.",
    remedy="Remove `hostPort`; put a Service in front.",
    reference=STANDARD + "#baseline",
)
def host_ports(item: Object) -> Iterator[Finding]:
    found = pod(item)
    for path, container in found.containers if found else ():
        for index, port in enumerate(entries(container, "ports")):
            if host_port := number(port, "hostPort"):
                yield (*path, "ports", index, "hostPort"), f"takes port {host_port:g} of the node"


@partial(
    ObjectRule,
    id="pod-host-paths",
    severity=Severity.MANDATORY,
    title="No path of the host",
    reason="A hostPath volume reads and writes the node's own files.",
    remedy="Use a persistentVolumeClaim, an emptyDir or a configMap.",
    reference=STANDARD + "#baseline",
)
def host_paths(item: Object) -> Iterator[Finding]:
    found = pod(item)
    for path, volume in found.volumes if found else ():
        if "hostPath" in volume:
            yield (*path, "hostPath"), f"mounts {get(volume, 'hostPath', 'path')} of the node"


@partial(
    ObjectRule,
    id="pod-volume-types",
    severity=Severity.MANDATORY,
    title="Only volume types that ask nothing of the node",
    reason="Drivers built into the kubelet mount storage with the node's rights.",
    remedy="Reach storage through a persistentVolumeClaim or a csi volume.",
    reference=STANDARD + "#restricted",
)
def volume_types(item: Object) -> Iterator[Finding]:
    found = pod(item)
    for path, volume in found.volumes if found else ():
        for source in set(volume) - VOLUMES - {"name", "hostPath"}:
            yield (*path, source), f"is a volume of type {source}"


@partial(
    ObjectRule,
    id="pod-read-only-root",
    severity=Severity.MANDATORY,
    title="Root file system is read-only",
    reason="Who breaks in can then not replace the program or leave one behind.",
    remedy="Set `readOnlyRootFilesystem: true`; mount an emptyDir where the program writes.",
    reference="https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
)
def read_only_root(item: Object) -> Iterator[Finding]:
    for path, own, _ in _contexts(item):
        if own.get("readOnlyRootFilesystem") is not True:
            yield (*path, "readOnlyRootFilesystem"), "may write to its root file system"


@partial(
    ObjectRule,
    id="namespace-pod-security",
    severity=Severity.MANDATORY,
    title="Namespace enforces a pod security level",
    reason="Without the label the API server admits privileged pods, whoever makes them.",
    remedy=f"Label the Namespace `{ENFORCE}: restricted`, or the level that its pods need.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-admission/",
)
def pod_security_level(item: Object) -> Iterator[Finding]:
    if kind(item) == "Namespace" and (level := get(item, "metadata", "labels", ENFORCE)) not in LEVELS:
        yield ("metadata", "labels", ENFORCE), f"enforces {level or 'no level'}; the levels are {', '.join(LEVELS)}"
