"""The flags of tensorflow_model_server 2.20.0 that a stack may set itself.

https://github.com/tensorflow/serving/blob/2.20.0/tensorflow_serving/model_servers/main.cc; the server starts with an
unknown flag as if nothing had been said.
"""

from typing import Annotated

from components.flags import one_of

FLAGS = (
    "enable_grpc_healthcheck_service",
    "enable_per_model_batching_parameters",
    "enable_profiler",
    "enable_serialization_as_tensor_content",
    "enable_signature_method_name_check",
    "flush_filesystem_caches",
    "grpc_channel_arguments",
    "grpc_max_threads",
    "load_retry_interval_micros",
    "mixed_precision",
    "num_load_threads",
    "num_tflite_interpreters_per_pool",
    "num_tflite_pools",
    "num_unload_threads",
    "per_process_gpu_memory_fraction",
    "prefer_tflite_model",
    "remove_unused_fields_from_bundle_metagraph",
    "rest_api_enable_cors_support",
    "rest_api_num_threads",
    "rest_api_timeout_in_ms",
    "saved_model_tags",
    "tensorflow_inter_op_parallelism",
    "tensorflow_intra_op_parallelism",
    "tensorflow_session_parallelism",
    "xla_cpu_compilation_enabled",
    "xla_gpu_compilation_enabled",
)


Flag = Annotated[str, one_of(FLAGS)]
"""The others follow from a stack's own fields, or name files that its pods do not have."""
