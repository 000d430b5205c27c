"""What calls somebody, and what that person should do."""

from typing import Any, Literal

from pydantic import Field

from components.objects import platform_object
from components.observability.serving import STACK, percentile, recordings
from components.unit import KubernetesObject
from components.values import Value

API = "monitoring.coreos.com/v1"
DAYS = 24 * 3600


class Objectives(Value):
    """What is promised of every stack: how many percent of its answers may fail, and how slow the slowest 1% may be."""

    error_percent: float = Field(default=5, gt=0, lt=100)
    p99_seconds: float = Field(default=1, gt=0, le=10)
    """The servers' histograms end at 10 s."""


class Alert(Value):
    """Fires once `query` has had a result for `lasting`; texts may have {{ $labels.stack }} and {{ $value }}."""

    name: str
    query: str
    lasting: str
    severity: Literal["warning", "critical"]
    summary: str
    runbook: str

    def rule(self) -> dict[str, Any]:
        """As a PrometheusRule spells it."""
        return {
            "alert": self.name,
            "expr": self.query,
            "for": self.lasting,
            "labels": {"severity": self.severity},
            "annotations": {"summary": self.summary, "runbook": self.runbook},
        }


def rules(namespace: str, models: str, objectives: Objectives, of: str) -> KubernetesObject:
    """The PrometheusRule of all that is recorded and all alerts, in `namespace`; `models` is where stacks live."""
    groups = [
        {"name": "slipway-serving", "rules": [each.rule() for each in recordings()]},
        {"name": "slipway-alerts", "rules": [each.rule() for each in alerts(models, objectives)]},
    ]
    return platform_object(API, "PrometheusRule", "serving", namespace, of=of, spec={"groups": groups})


def alerts(models: str, objectives: Objectives) -> tuple[Alert, ...]:
    """Every alert, about stacks in the namespace `models` and about certificates everywhere."""
    return (*_answers(objectives), *_pods(models), *_capacity(models), *_certificates())


def _answers(objectives: Objectives) -> list[Alert]:
    errors, requests = (f"sum by ({STACK}) (stack:{name}:rate5m)" for name in ("errors", "requests"))
    return [
        Alert(
            name="ModelErrors",
            query=f"{errors} / ({requests} > 0) > {objectives.error_percent / 100:g}",
            lasting="5m",
            severity="critical",
            summary="{{ $labels.stack }} answers {{ $value | humanizePercentage }} of its requests with an error",
            runbook="Its log (kubectl logs -l app.kubernetes.io/name=<stack>) says why, the dashboard 'Model serving'"
            " which model and version. If it began with a rollout, take that back.",
        ),
        Alert(
            name="ModelSlow",
            query=f"({percentile(0.99)}) > {objectives.p99_seconds:g}",
            lasting="10m",
            severity="warning",
            summary="1% of the answers of {{ $labels.stack }} take longer than {{ $value | humanizeDuration }}",
            runbook="If its CPU is throttled or used up, raise cpu_limit or max_replicas. If not, the model itself"
            " is slow: compare with the version before.",
        ),
        Alert(
            name="ModelNotScraped",
            query='up{stack!=""} == 0',
            lasting="10m",
            severity="warning",
            summary="Nothing is known of pod {{ $labels.pod }} of {{ $labels.stack }}: its metrics do not answer",
            runbook="Other alerts are blind for it. If the pod is ready, look at the NetworkPolicy of the stack and, in"
            " a mesh, at whether its metrics port is excepted from mutual TLS.",
        ),
    ]


def _pods(models: str) -> list[Alert]:
    here = f'namespace="{models}"'
    restarts = f"increase(kube_pod_container_status_restarts_total{{{here}}}[10m]) > 0"
    return [
        Alert(
            name="ModelCrashLoops",
            query="max_over_time(kube_pod_container_status_waiting_reason"
            f'{{{here},reason="CrashLoopBackOff"}}[5m]) >= 1',
            lasting="5m",
            severity="critical",
            summary="{{ $labels.container }} of {{ $labels.pod }} ends again and again",
            runbook="kubectl logs --previous tells why it ended. Mostly the artefact is not where the settings say,"
            " or was written by another version of its library than the server has.",
        ),
        Alert(
            name="ModelOutOfMemory",
            query=f'kube_pod_container_status_last_terminated_reason{{{here},reason="OOMKilled"}} == 1'
            f" and on (namespace, pod, container) {restarts}",
            lasting="0m",
            severity="warning",
            summary="{{ $labels.container }} of {{ $labels.pod }} took more memory than it reserves and was ended",
            runbook="Raise resources.memory of the stack above the peak that the dashboard shows.",
        ),
        Alert(
            name="ModelNotReady",
            query=f"kube_deployment_status_replicas_available{{{here}}} == 0"
            f" and on (namespace, deployment) kube_deployment_spec_replicas{{{here}}} > 0",
            lasting="2m",
            severity="critical",
            summary="No replica of {{ $labels.deployment }} is ready: its callers get errors",
            runbook="kubectl describe deployment,pod tells what is missing: a node with room, the image, the artefact"
            " or the time to load it (startup_seconds).",
        ),
        Alert(
            name="ModelReplicasMissing",
            query=f"kube_deployment_status_replicas_unavailable{{{here}}} > 0",
            lasting="15m",
            severity="warning",
            summary="{{ $value }} replicas of {{ $labels.deployment }} are not available",
            runbook="If pods are pending, the cluster has no room: add nodes, or lower what they reserve. If a rollout"
            " hangs, kubectl rollout status tells where.",
        ),
    ]


def _capacity(models: str) -> list[Alert]:
    here = f'namespace="{models}"'
    most, least = (f"kube_horizontalpodautoscaler_spec_{end}_replicas{{{here}}}" for end in ("max", "min"))
    return [
        Alert(
            name="ModelAtMaximum",
            query=f"kube_horizontalpodautoscaler_status_current_replicas{{{here}}} >= {most} > {least}",
            lasting="15m",
            severity="warning",
            summary="{{ $labels.horizontalpodautoscaler }} has all the replicas that it may have",
            runbook="More load will make it slow. Raise max_replicas where the nodes have room.",
        ),
        Alert(
            name="ModelsQuota",
            query=f'kube_resourcequota{{{here},type="used"}} / ignoring (type)'
            f' (kube_resourcequota{{{here},type="hard"}} > 0) > 0.9',
            lasting="5m",
            severity="warning",
            summary="{{ $value | humanizePercentage }} of the quota of {{ $labels.resource }} is used",
            runbook="The next rollout will not find room, for it starts a replica before it ends one. Raise the quota"
            " or lower what stacks reserve.",
        ),
    ]


def _certificates() -> list[Alert]:
    name = "{{ $labels.namespace }}/{{ $labels.name }}"
    runbook = "cmctl status certificate (or kubectl describe certificate,order,challenge) tells what its issuer says."
    return [
        Alert(
            name="CertificateNotRenewed",
            query="0 < certmanager_certificate_renewal_timestamp_seconds < time() - 3600",
            lasting="10m",
            severity="warning",
            summary=f"Certificate {name} should have been renewed and was not",
            runbook=runbook,
        ),
        Alert(
            name="CertificateEnds",
            query=f"0 < certmanager_certificate_expiration_timestamp_seconds < time() + {3 * DAYS}"
            " and on (namespace, name) certmanager_certificate_renewal_timestamp_seconds < time()",
            lasting="10m",
            severity="critical",
            summary=f"Certificate {name} ends in less than three days, and its renewal is due",
            runbook=f"{runbook} After its end no client connects.",
        ),
    ]
