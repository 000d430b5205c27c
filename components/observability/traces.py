"""How spans travel: the settings of OpenTelemetry's collector, which all send to, and of Jaeger, which keeps them.

https://opentelemetry.io/docs/collector/configuration/, https://www.jaegertracing.io/docs/latest/deployment/configuration/
"""

from typing import Any

OTLP_GRPC, OTLP_HTTP, JAEGER_HTTP, UI, HEALTH = 4317, 4318, 14268, 16686, 13133
STORED = "/data"
PROBES = "^GET /v2/.*(ready|live)"
"""How MLServer's spans of them are called."""
MOST_TRACES = 20_000
"""How many Jaeger keeps in memory before it forgets the oldest."""


def collector(jaeger: str, sampled_percent: float) -> dict[str, Any]:
    """Takes OTLP and the Jaeger clients' own protocol, and sends a share of all traces, each whole, to host `jaeger`.

    It refuses spans before it runs out of memory, and who sends them goes on without. Probes, which would be most of
    what there is, are dropped.
    """
    return {
        "receivers": {
            "otlp": {"protocols": {"grpc": _listening(OTLP_GRPC), "http": _listening(OTLP_HTTP)}},
            "jaeger": {"protocols": {"thrift_http": _listening(JAEGER_HTTP)}},
        },
        "processors": {
            "memory_limiter": {"check_interval": "1s", "limit_percentage": 80, "spike_limit_percentage": 20},
            "filter": {"error_mode": "ignore", "traces": {"span": [f'IsMatch(name, "{PROBES}")']}},
            "probabilistic_sampler": {"sampling_percentage": sampled_percent},
            "batch": {},
        },
        "exporters": {"otlp_grpc": {"endpoint": f"{jaeger}:{OTLP_GRPC}", "tls": {"insecure": True}}},
        "extensions": {"health_check": _listening(HEALTH)},
        "service": {
            "extensions": ["health_check"],
            "pipelines": {
                "traces": {
                    "receivers": ["otlp", "jaeger"],
                    "processors": ["memory_limiter", "filter", "probabilistic_sampler", "batch"],
                    "exporters": ["otlp_grpc"],
                }
            },
        },
    }


def jaeger(hours: int | None) -> dict[str, Any]:
    """Keeps spans below /data for so many hours, or in memory, and shows them."""
    folders = {"keys": f"{STORED}/keys", "values": f"{STORED}/values"}
    badger = {"badger": {"directories": folders, "ephemeral": False, "ttl": {"spans": f"{hours}h"}}}
    return {
        "receivers": {"otlp": {"protocols": {"grpc": _listening(OTLP_GRPC)}}},
        "processors": {"batch": {}},
        "exporters": {"jaeger_storage_exporter": {"trace_storage": "spans"}},
        "extensions": {
            "healthcheckv2": {"use_v2": True, "http": _listening(HEALTH)},
            "jaeger_storage": {"backends": {"spans": badger if hours else {"memory": {"max_traces": MOST_TRACES}}}},
            "jaeger_query": {"storage": {"traces": "spans"}, "http": _listening(UI)},
        },
        "service": {
            "extensions": ["jaeger_storage", "jaeger_query", "healthcheckv2"],
            "pipelines": {
                "traces": {"receivers": ["otlp"], "processors": ["batch"], "exporters": ["jaeger_storage_exporter"]}
            },
        },
    }


def _listening(port: int) -> dict[str, str]:
    return {"endpoint": f"0.0.0.0:{port}"}
