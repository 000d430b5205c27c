"""How the serving stack counts: the same few series, whichever server it is that answers.

The names of the servers' metrics were read off running ones; tests/components/observability/metrics.yaml has them.
"""

from typing import Any

from components.values import Value

REST = 'rest_server_{}{{graph="",path=~".*/infer"{}}}'
GRPC = 'grpc_server_{}{{graph="",grpc_method=~"ModelInfer|ModelStreamInfer"{}}}'
GRAPH = 'seldon_api_executor_server_requests_seconds_{}{{service!~"status|metadata|feedback"{}}}'
"""Selectors by the end of the metric's name and a further matcher. A server that a graph's executor calls has the label
`graph`: the executor answers for it."""

FAILED = 'code=~"5..|Unknown|Internal|Unavailable|DataLoss|DeadlineExceeded|ResourceExhausted"'
STACK = "namespace, stack"
MODEL = "namespace, stack, model, version"


class Recording(Value):
    """A series computed every evaluation: its name, by what it is told apart, and the query."""

    record: str
    protocol: str
    query: str

    def rule(self) -> dict[str, Any]:
        """As a PrometheusRule spells it."""
        return {"record": self.record, "expr": self.query, "labels": {"protocol": self.protocol}}


def rate(selector: str, by: str = STACK, over: str = "5m") -> str:
    """Per second."""
    return f"sum by ({by}) (rate({selector}[{over}]))"


def recordings() -> tuple[Recording, ...]:
    """Requests, errors, latency and requests in flight of each stack by protocol, and of each model by version.

    Rates are per second.
    """
    return (*_requests(), *_errors(), *_latency(), *_in_flight(), *_models())


def _requests() -> list[Recording]:
    return [
        _stack("requests:rate5m", "rest", rate(REST.format("requests_total", ""))),
        _stack("requests:rate5m", "grpc", rate(GRPC.format("handling_seconds_count", ""))),
        _stack("requests:rate5m", "graph", rate(GRAPH.format("count", ""))),
    ]


def _errors() -> list[Recording]:
    """Answers that are the server's fault. MLServer counts a failed gRPC call as begun and never as handled, so there
    they are what is left, a caller's mistakes among them."""
    begun, handled = GRPC.format("handling_seconds_count", ""), GRPC.format("handled_total", ',grpc_code="OK"')
    return [
        _errors_among("rest", REST.format("requests_total", ',status_code=~"5.."'), REST.format("requests_total", "")),
        _errors_among("graph", GRAPH.format("count", f",{FAILED}"), GRAPH.format("count", "")),
        _stack("errors:rate5m", "grpc", f"clamp_min({rate(begun)} - ({rate(handled)} or 0 * {rate(begun)}), 0)"),
    ]


def _errors_among(protocol: str, errors: str, requests: str) -> Recording:
    """Zero, not nothing, where there were requests and no errors."""
    return _stack("errors:rate5m", protocol, f"{rate(errors)} or 0 * {rate(requests)}")


def _latency() -> list[Recording]:
    by = f"{STACK}, le"
    return [
        _stack("latency_seconds_bucket:rate5m", "rest", rate(REST.format("request_duration_seconds_bucket", ""), by)),
        _stack("latency_seconds_bucket:rate5m", "grpc", rate(GRPC.format("handling_seconds_bucket", ""), by)),
        _stack("latency_seconds_bucket:rate5m", "graph", rate(GRAPH.format("bucket", ""), by)),
    ]


def _in_flight() -> list[Recording]:
    """How many requests are being answered at once, on average: the seconds that they took in a second.

    Of two minutes, for autoscalers follow it; a request counts when it is answered.
    """
    return [
        _stack("requests_in_flight:mean2m", "rest", rate(REST.format("request_duration_seconds_sum", ""), over="2m")),
        _stack("requests_in_flight:mean2m", "grpc", rate(GRPC.format("handling_seconds_sum", ""), over="2m")),
        _stack("requests_in_flight:mean2m", "graph", rate(GRAPH.format("sum", ""), over="2m")),
    ]


def _models() -> list[Recording]:
    """MLServer tells models and versions apart for both of its protocols together."""
    took, calls = rate("model_infer_request_duration_sum", MODEL), rate("model_infer_request_duration_count", MODEL)
    return [
        _model("requests:rate5m", calls),
        _model("failures:rate5m", rate("model_infer_request_failure_total", MODEL)),
        _model("latency_seconds:mean5m", f"{took} / ({calls} > 0)"),
    ]


def _stack(name: str, protocol: str, query: str) -> Recording:
    return Recording(record=f"stack:{name}", protocol=protocol, query=query)


def _model(name: str, query: str) -> Recording:
    return Recording(record=f"model:{name}", protocol="all", query=query)
