"""The flags of tritonserver 26.07 that a stack may set itself.

https://github.com/triton-inference-server/server/blob/v2.71.0/src/command_line_parser.cc
"""

from typing import Annotated

from components.flags import one_of

FLAGS = (
    "allow-client-shm",
    "backend-config",
    "buffer-manager-thread-count",
    "cache-config",
    "cuda-memory-pool-byte-size",
    "disable-auto-complete-config",
    "enable-peer-access",
    "exit-timeout-secs",
    "grpc-infer-allocation-pool-size",
    "grpc-infer-thread-count",
    "grpc-max-connection-age",
    "grpc-max-connection-age-grace",
    "grpc-max-response-pool-size",
    "grpc-infer-response-compression-level",
    "http-header-forward-pattern",
    "http-max-input-size",
    "http-thread-count",
    "log-format",
    "log-verbose",
    "metrics-config",
    "metrics-interval-ms",
    "min-supported-compute-capability",
    "model-load-gpu-limit",
    "model-load-retry-count",
    "model-load-thread-count",
    "pinned-memory-pool-byte-size",
    "rate-limit",
    "rate-limit-resource",
)

Flag = Annotated[str, one_of(FLAGS)]
"""The others follow from a stack's own fields, or name files that its pods do not have."""
