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

TENSORFLOW = ':tensorflow:serving:request_{}{{graph=""{}}}'
TRITON = 'nv_inference_request_{}{{graph=""{}}}'
VLLM = 'vllm:e2e_request_latency_seconds_{}{{graph=""}}'
OPENAI = 'http_requests_total{{graph="",handler=~"/v1/.+"{}}}'
FAULTS = ',status=~"UNKNOWN|INTERNAL|UNAVAILABLE|DATA_LOSS|DEADLINE_EXCEEDED|RESOURCE_EXHAUSTED"'
"""What TensorFlow Serving calls its own failures; it counts probes as requests too, without an API."""

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


def percentile(share: float, matchers: str = "") -> str:
    """How long so many of a stack's answers took at most, in seconds, where its server has a histogram of it."""

    def of(unit: str) -> str:
        buckets = f"stack:latency_{unit}_bucket:rate5m{matchers}"
        return f"histogram_quantile({share}, sum by ({STACK}, le) ({buckets}))"

    return f"{of('seconds')} or {of('microseconds')} / 1e6"


def _named(selector: str) -> str:
    """The rate by model, where the server calls the label `model_name` and knows no version."""
    named = f'label_replace(rate({selector}[5m]), "model", "$1", "model_name", "(.*)")'
    return f"sum by ({STACK}, model) ({named})"


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
        _stack("requests:rate5m", "tensorflow", _both(_ANSWERED, _FAULTY)),
        _stack("requests:rate5m", "triton", _both(TRITON.format("success", ""), TRITON.format("failure", ""))),
        _stack("requests:rate5m", "openai", rate(OPENAI.format(""))),
    ]


def _spent(part: str) -> str:
    """A part of the histogram of how long TensorFlow Serving took to answer callers."""
    return TENSORFLOW.format(f"latency_{part}", ',API!=""')


_ANSWERED, _FAULTY = _spent("count"), TENSORFLOW.format("count", FAULTS)
_REFUSED = TRITON.format("failure", ',reason!="CANCELED"')


def _both(answered: str, failed: str) -> str:
    return f"({rate(answered)} or 0 * {rate(failed)}) + ({rate(failed)} or 0 * {rate(answered)})"


def _errors() -> list[Recording]:
    """Answers that are the server's fault. MLServer counts a failed gRPC call as begun and never as handled, so there
    they are what is left, a caller's mistakes among them."""
    begun, handled = GRPC.format("handling_seconds_count", ""), GRPC.format("handled_total", ',grpc_code="OK"')
    return [
        _errors_among("rest", REST.format("requests_total", ',status_code=~"5.."'), REST.format("requests_total", "")),
        _errors_among("graph", GRAPH.format("count", f",{FAILED}"), GRAPH.format("count", "")),
        _errors_among("tensorflow", _FAULTY, _ANSWERED),
        _errors_among("triton", _REFUSED, TRITON.format("success", "")),
        _errors_among("openai", OPENAI.format(',status="5xx"'), OPENAI.format("")),
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
        _stack("latency_seconds_bucket:rate5m", "openai", rate(VLLM.format("bucket"), by)),
        _stack("latency_microseconds_bucket:rate5m", "tensorflow", rate(_spent("bucket"), by)),
    ]


def _in_flight() -> list[Recording]:
    """How many requests are being answered at once, on average: the seconds that they took in a second.

    Of two minutes, for autoscalers follow it; a request counts when it is answered.
    """
    return [
        _stack("requests_in_flight:mean2m", "rest", rate(REST.format("request_duration_seconds_sum", ""), over="2m")),
        _stack("requests_in_flight:mean2m", "grpc", rate(GRPC.format("handling_seconds_sum", ""), over="2m")),
        _stack("requests_in_flight:mean2m", "graph", rate(GRAPH.format("sum", ""), over="2m")),
        _stack("requests_in_flight:mean2m", "tensorflow", f"{rate(_spent('sum'), over='2m')} / 1e6"),
        _stack("requests_in_flight:mean2m", "triton", f"{rate(TRITON.format('duration_us', ''), over='2m')} / 1e6"),
        _stack("requests_in_flight:mean2m", "openai", f"sum by ({STACK}) ({_GENERATING})"),
    ]


_GENERATING = " + ".join(f'avg_over_time(vllm:num_requests_{each}{{graph=""}}[2m])' for each in ("running", "waiting"))
"""An answer that takes minutes counts while it is written, not when it is finished."""


def _models() -> list[Recording]:
    """MLServer tells models and versions apart for both of its protocols together."""
    took, calls = rate("model_infer_request_duration_sum", MODEL), rate("model_infer_request_duration_count", MODEL)
    return [
        _model("requests:rate5m", calls),
        _model("failures:rate5m", rate("model_infer_request_failure_total", MODEL)),
        _model("latency_seconds:mean5m", f"{took} / ({calls} > 0)"),
        *_of("triton", *(rate(TRITON.format(each, ""), MODEL) for each in ("success", "failure", "duration_us"))),
        *_of("tensorflow", _named(_ANSWERED), _named(_FAULTY), _named(_spent("sum"))),
        *_of("openai", _named(VLLM.format("count")), None, _named(VLLM.format("sum")), "1"),
    ]


def _of(protocol: str, calls: str, failures: str | None, took: str, per_second: str = "1e6") -> list[Recording]:
    """Of each model: answers, failures, and what an answer took, `took` being in so many parts of a second."""
    queries = {
        "requests:rate5m": calls,
        "failures:rate5m": failures,
        "latency_seconds:mean5m": f"{took} / ({calls} > 0) / {per_second}",
    }
    said = {name: query for name, query in queries.items() if query}
    return [Recording(record=f"model:{name}", protocol=protocol, query=query) for name, query in said.items()]


def _stack(name: str, protocol: str, query: str) -> Recording:
    return Recording(record=f"stack:{name}", protocol=protocol, query=query)


def _model(name: str, query: str) -> Recording:
    return Recording(record=f"model:{name}", protocol="all", query=query)
