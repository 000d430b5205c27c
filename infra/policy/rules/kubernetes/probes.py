"""How the kubelet learns what a container is up to."""

from collections.abc import Iterator
from functools import partial

from ...objects import RUN_FOR_EVER, Object, Path, kind, pod
from ...rule import Finding, ObjectRule, Severity

REFERENCE = "https://kubernetes.io/docs/concepts/workloads/pods/probes/"


def _lasting(item: Object) -> Iterator[tuple[Path, Object]]:
    """The containers of a workload that is meant to run for ever; a job or a lone pod ends by itself."""
    found = pod(item)
    return found.main_containers if found and kind(item) in RUN_FOR_EVER else iter(())


@partial(
    ObjectRule,
    id="probe-readiness",
    severity=Severity.MANDATORY,
    title="Readiness probe",
    reason="Without it requests reach a replica from its first moment, long before its model is loaded.",
    remedy="Add a readinessProbe that succeeds only when the container can answer.",
    reference=REFERENCE,
)
def readiness(item: Object) -> Iterator[Finding]:
    for path, container in _lasting(item):
        if not container.get("readinessProbe"):
            yield (*path, "readinessProbe"), "counts as ready whatever it does"


@partial(
    ObjectRule,
    id="probe-liveness",
    severity=Severity.ADVISORY,
    title="Liveness probe",
    reason="A process that hangs is never restarted otherwise.",
    remedy="Add a livenessProbe that is more patient than the readinessProbe.",
    reference=REFERENCE,
)
def liveness(item: Object) -> Iterator[Finding]:
    for path, container in _lasting(item):
        if not container.get("livenessProbe"):
            yield (*path, "livenessProbe"), "is not restarted when it hangs"


@partial(
    ObjectRule,
    id="probe-startup",
    severity=Severity.ADVISORY,
    title="Startup probe beside a liveness probe",
    reason="A liveness probe kills a container that is still loading, again and again.",
    remedy="Add a startupProbe whose failureThreshold times periodSeconds covers the slowest start.",
    reference=REFERENCE,
)
def startup(item: Object) -> Iterator[Finding]:
    for path, container in _lasting(item):
        if container.get("livenessProbe") and not container.get("startupProbe"):
            yield (*path, "startupProbe"), "may be killed by its liveness probe while it starts"
