"""The dashboards of the serving stack."""

from functools import cache

from components.observability.grafana import Dashboard, Panel, Query, Row, Unit, Variable
from components.observability.serving import GRAPH, STACK, percentile

MESH = 'reporter="source",destination_service_namespace="{}",destination_service_name=~"$service"'
"""What gateways report: in ambient mode nobody else sees requests, nodes see connections."""


@cache
def dashboards(models: str) -> tuple[Dashboard, ...]:
    """Every dashboard, about the namespace `models`."""
    return serving(models), mesh(models)


def serving(models: str) -> Dashboard:
    """How stacks answer, model by model, and how near they are to the end of what they have."""
    rows = (_answers(), _per_model(), _saturation(), _replicas(models))
    stacks = Variable(name="stack", label="stack", query=f'up{{namespace="{models}"}}')
    return Dashboard(name="slipway-serving", title="Model serving", rows=rows, variables=(stacks,))


def mesh(models: str) -> Dashboard:
    """Inference graphs, and what the mesh sees of them."""
    services = Variable(
        name="service",
        label="destination_service_name",
        query=f'istio_requests_total{{destination_service_namespace="{models}"}}',
    )
    rows = (_graphs(), _traffic(models))
    return Dashboard(name="slipway-mesh", title="Graphs and mesh", rows=rows, variables=(services,))


def _answers() -> Row:
    errors, requests = (f"sum by ({STACK}) ({_chosen(f'stack:{name}:rate5m')})" for name in ("errors", "requests"))
    return Row(
        title="Answers",
        panels=(
            _panel("Requests", requests, "{{stack}}", unit="reqps"),
            _panel(
                "Errors",
                f"{errors} / ({requests} > 0)",
                "{{stack}}",
                unit="percentunit",
                description="The server's fault. Over gRPC a caller's mistakes are among them: MLServer counts alike.",
            ),
            Panel(title="Latency", unit="s", queries=tuple(map(_quantile, (0.5, 0.9, 0.99)))),
        ),
    )


def _per_model() -> Row:
    legend = "{{stack}} {{model}} {{version}}"
    version = "The version is the one that the request names; None or nothing where it names none."
    return Row(
        title="By model and version",
        panels=(
            _panel("Requests", _chosen("model:requests:rate5m"), legend, unit="reqps", description=version),
            _panel(
                "Failures",
                _chosen("model:failures:rate5m"),
                legend,
                unit="reqps",
                description="A caller's mistakes are among them, and models that do not exist.",
            ),
            _panel("Mean latency", _chosen("model:latency_seconds:mean5m"), legend, unit="s"),
            _panel(
                "Versions in use",
                f"count by ({STACK}, model) ({_chosen('model:requests:rate5m')} > 0)",
                "{{stack}} {{model}}",
            ),
        ),
    )


def _saturation() -> Row:
    used = _by_stack('rate(container_cpu_usage_seconds_total{container!=""}[5m])')
    reserved = _by_stack('kube_pod_container_resource_requests{resource="cpu"}')
    memory = _by_stack('container_memory_working_set_bytes{container!=""}')
    limit = _by_stack('kube_pod_container_resource_limits{resource="memory"}')
    throttled, periods = (
        _by_stack(f'rate(container_cpu_cfs_{name}_total{{container!=""}}[5m])')
        for name in ("throttled_periods", "periods")
    )
    in_flight = f"sum by ({STACK}) ({_chosen('rest_server_requests_in_progress')})"
    return Row(
        title="Saturation",
        panels=(
            _panel("CPU, of what is reserved", f"{used} / {reserved}", "{{stack}}", unit="percentunit"),
            _panel("CPU throttled", f"{throttled} / ({periods} > 0)", "{{stack}}", unit="percentunit", most=1),
            _panel("Memory, of its limit", f"{memory} / {limit}", "{{stack}}", unit="percentunit", most=1),
            _panel("Requests under way", in_flight, "{{stack}}"),
        ),
    )


def _replicas(models: str) -> Row:
    here = f'namespace="{models}"'
    autoscaler, pods = "kube_horizontalpodautoscaler", _by_stack("kube_pod_container_status_restarts_total")
    return Row(
        title="Replicas",
        panels=(
            Panel(
                title="Ready and wanted",
                queries=(
                    Query(expr=f"kube_deployment_status_replicas_ready{{{here}}}", legend="{{deployment}} ready"),
                    Query(expr=f"kube_deployment_spec_replicas{{{here}}}", legend="{{deployment}} wanted"),
                ),
            ),
            _panel(
                "Replicas, of the most allowed",
                f"{autoscaler}_status_current_replicas{{{here}}} / {autoscaler}_spec_max_replicas{{{here}}}",
                "{{horizontalpodautoscaler}}",
                unit="percentunit",
                most=1,
            ),
            _panel("Restarts", pods, "{{stack}}"),
        ),
    )


def _graphs() -> Row:
    node = "deployment_name, predictor_name, model_name, model_version"
    calls = "seldon_api_executor_client_requests_seconds"
    by_predictor = f"sum by (deployment_name, predictor_name) (rate({GRAPH.format('count', '')}[5m]))"
    slowest = f"sum by (deployment_name, predictor_name, le) (rate({GRAPH.format('bucket', '')}[5m]))"
    predictor, legend = "{{deployment_name}} {{predictor_name}}", "{{deployment_name}} {{model_name}} {{model_version}}"
    return Row(
        title="Inference graphs (Seldon Core)",
        panels=(
            _panel("Requests by predictor", by_predictor, predictor, unit="reqps"),
            _panel("Latency of predictors, p99", f"histogram_quantile(0.99, {slowest})", predictor, unit="s"),
            _panel("Calls of nodes", f"sum by ({node}) (rate({calls}_count[5m]))", legend, unit="reqps"),
            _panel(
                "Latency of nodes, p99",
                f"histogram_quantile(0.99, sum by ({node}, le) (rate({calls}_bucket[5m])))",
                legend,
                unit="s",
            ),
        ),
    )


def _traffic(models: str) -> Row:
    service, chosen = "destination_service_name", MESH.format(models)
    requests = f"sum by ({service}) (rate(istio_requests_total{{{chosen}}}[5m]))"
    failed = f'sum by ({service}) (rate(istio_requests_total{{{chosen},response_code=~"5.."}}[5m]))'
    buckets = f"sum by ({service}, le) (rate(istio_request_duration_milliseconds_bucket{{{chosen}}}[5m]))"
    here = f'reporter="destination",destination_workload_namespace="{models}"'
    pairs = "source_workload, destination_workload, connection_security_policy"
    opened = f"sum by ({pairs}) (rate(istio_tcp_connections_opened_total{{{here}}}[5m]))"
    legend = f"{{{{{service}}}}}"
    return Row(
        title="Gateway and mesh (Istio)",
        panels=(
            _panel("Requests through the gateway", requests, legend, unit="reqps"),
            _panel("Errors", f"({failed} or 0 * {requests}) / ({requests} > 0)", legend, unit="percentunit"),
            _panel("Latency, p99", f"histogram_quantile(0.99, {buckets})", legend, unit="ms"),
            _panel(
                "Connections between workloads",
                opened,
                "{{source_workload}} → {{destination_workload}} ({{connection_security_policy}})",
                unit="ops",
            ),
        ),
    )


def _quantile(share: float) -> Query:
    return Query(expr=percentile(share, '{stack=~"$stack"}'), legend=f"{{{{stack}}}} p{share * 100:.0f}")


def _by_stack(pods: str) -> str:
    """A sum over the pods of each stack: which pods these are, Prometheus knows of what it scrapes."""
    of = f"group by (namespace, pod, stack) ({_chosen('up')})"
    return f"sum by ({STACK}) ({pods} * on (namespace, pod) group_left (stack) {of})"


def _chosen(metric: str) -> str:
    return f'{metric}{{stack=~"$stack"}}'


def _panel(
    title: str, expr: str, legend: str, unit: Unit = "short", most: float | None = None, description: str = ""
) -> Panel:
    """A panel of one query."""
    queries = (Query(expr=expr, legend=legend),)
    return Panel(title=title, queries=queries, unit=unit, most=most, description=description)
