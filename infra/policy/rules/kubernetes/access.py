"""What a pod may do to the cluster."""

from collections.abc import Iterator
from functools import partial

from ...index import Objects
from ...objects import Object, Path, entries, get, kind, name, namespace
from ...rule import Finding, ObjectRule, SetFinding, SetRule, Severity

GROUP = "rbac.authorization.k8s.io"
ROLES = frozenset({f"{GROUP}/Role", f"{GROUP}/ClusterRole"})
BINDINGS = (f"{GROUP}/RoleBinding", f"{GROUP}/ClusterRoleBinding")
BUILT_IN = ("admin", "cluster-admin", "edit", "view")
PRACTICES = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"


def _bound(objects: Objects) -> set[tuple[str, str]]:
    """Namespace and name of each ServiceAccount that a binding gives rights to."""
    subjects = ((item, subject) for item in objects.of(*BINDINGS) for subject in entries(item, "subjects"))
    return {
        (str(get(subject, "namespace") or namespace(item)), str(get(subject, "name")))
        for item, subject in subjects
        if get(subject, "kind") == "ServiceAccount"
    }


@partial(
    SetRule,
    id="service-account-token",
    severity=Severity.MANDATORY,
    title="No token of the API server unless asked for",
    reason="Whoever breaks into the pod can otherwise speak to the API server in its name.",
    remedy="Set `automountServiceAccountToken: false`; or `true` on the pod, or bind its ServiceAccount to a role.",
    reference="https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/"
    "#opt-out-of-api-credential-automounting",
)
def token(objects: Objects) -> Iterator[SetFinding]:
    bound = _bound(objects)
    for found in objects.pods:
        place, account = namespace(found.workload), str(found.spec.get("serviceAccountName") or "default")
        of_account = get(objects.find("ServiceAccount", place, account), "automountServiceAccountToken")
        asked = "automountServiceAccountToken" in found.spec or (place, account) in bound
        if not asked and of_account is not False:
            path: Path = (*found.path, "spec", "automountServiceAccountToken")
            yield found.workload, path, f"gets a token of ServiceAccount {account!r}, which has no role"


@partial(
    ObjectRule,
    id="rbac-wildcard",
    severity=Severity.MANDATORY,
    title="No wildcard in a role",
    reason="`*` grants what nobody thought of, and what a later version adds.",
    remedy="List the verbs, resources and API groups that are needed.",
    reference=PRACTICES + "#least-privilege",
)
def wildcard(item: Object) -> Iterator[Finding]:
    for index, rule in enumerate(entries(item, "rules") if kind(item) in ROLES else ()):
        for field in ("verbs", "resources", "apiGroups", "nonResourceURLs"):
            if "*" in entries(rule, field):
                yield ("rules", index, field), f"role {name(item)!r} grants all {field}"


@partial(
    ObjectRule,
    id="rbac-cluster-admin",
    severity=Severity.MANDATORY,
    title="Nothing is bound to cluster-admin",
    reason="It is the wildcard of wildcards: whoever holds it owns the cluster.",
    remedy="Bind a role that lists what is needed.",
    reference=PRACTICES + "#least-privilege",
)
def cluster_admin(item: Object) -> Iterator[Finding]:
    if kind(item) in BINDINGS and get(item, "roleRef", "name") == "cluster-admin":
        yield ("roleRef", "name"), "makes its subjects administrators of the cluster"


@partial(
    SetRule,
    id="reference-role",
    severity=Severity.MANDATORY,
    title="A binding binds what exists",
    reason="The API server takes a binding of nothing to nobody; what needed the rights is refused them at run time.",
    remedy="Deploy the role and the ServiceAccount with the binding.",
    reference="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding",
)
def bound(objects: Objects) -> Iterator[SetFinding]:
    for item in objects.of(*BINDINGS):
        role_kind, role = str(get(item, "roleRef", "kind")), str(get(item, "roleRef", "name"))
        place = namespace(item) if role_kind == "Role" else ""
        if not _built_in(place, role) and not objects.find(f"{GROUP}/{role_kind}", place, role):
            yield item, ("roleRef",), f"{role_kind} {role!r} does not exist"
        for index, subject in enumerate(entries(item, "subjects")):
            if get(subject, "kind") == "ServiceAccount":
                yield from _missing(objects, item, index, subject)


def _built_in(place: str, role: str) -> bool:
    """Whether Kubernetes brings the role itself: https://kubernetes.io/docs/reference/access-authn-authz/rbac/"""
    return place in ("kube-system", "kube-public") or role in BUILT_IN or role.startswith("system:")


def _missing(objects: Objects, item: Object, index: int, subject: Object) -> Iterator[SetFinding]:
    place, account = str(get(subject, "namespace") or namespace(item)), str(get(subject, "name"))
    if account != "default" and place not in objects.charted and not objects.find("ServiceAccount", place, account):
        yield item, ("subjects", index), f"ServiceAccount {account!r} is not in namespace {place!r}"
