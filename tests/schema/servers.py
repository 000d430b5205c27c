"""What stacks of the runtimes that are one container may say beside what all of them do, and what that emits."""

from collections.abc import Iterator
from typing import Any

from components import catalog
from components.context import Collector, Context, Conventions, Traits
from components.model_server import ModelServer
from components.unit import Unit

CONVENTIONS = Conventions(traces=Collector(namespace="tracing", service="otel", port=4317))
CLAIM = {"uri": "pvc://models/mnist"}
SKLEARN = {"format": "sklearn", "uri": "pvc://models/iris"}
TENSOR = {"datatype": "FP32", "shape": [4]}
NET = {"format": "onnx", "uri": "pvc://models/net.onnx"}
STEP = {"model": "net", "inputs": {"x": "x"}, "outputs": {"y": "y"}}
LANGUAGE = {"format": "huggingface", "uri": "pvc://models/qwen"}
ECHO = {"image": "registry.example.com/echo:1", "ports": {"http": 8080, "grpc": 9500}, "ready": {"path": "/ready"}}
GPU = {"cpu": "1", "cpu_limit": "4", "memory": "8Gi", "gpus": 2}

CHOICES: dict[str, dict[str, dict[str, Any]]] = {
    "mlserver": {
        "workers": {
            "models": {"iris": {**SKLEARN, "batching": {"size": 8, "seconds": 0.1}}},
            "parallel_workers": 2,
        },
        "class": {"models": {"iris": {**SKLEARN, "format": "python", "implementation": "mean.Mean"}}},
        "task": {"models": {"iris": {**LANGUAGE, "extra": {"task": "text-classification"}}}},
    },
    "tf_serving": {
        "plain": {"models": {"mnist": CLAIM}},
        "versions": {"models": {"mnist": {**CLAIM, "versions": [1, 2], "labels": {"stable": 1, "canary": 2}}}},
        "version": {"models": {"mnist": {**CLAIM, "versions": [3]}}},
        "batching": {
            "models": {"mnist": {**CLAIM, "all_versions": True}},
            "batching": {
                "max_batch_size": 8,
                "batch_timeout_micros": 100,
                "max_enqueued_batches": 4,
                "num_batch_threads": 2,
                "allowed_batch_sizes": [2, 8],
                "pad_variable_length_inputs": True,
            },
        },
        "flags": {
            "models": {"mnist": {**CLAIM, "latest": 3}},
            "image": "docker.io/tensorflow/serving:2.20.0-gpu",
            "batching": {"max_batch_size": 16},
            "look_again_seconds": 60,
            "warm_up_rounds": 2,
            "flags": {"num_load_threads": 2},
        },
    },
    "triton": {
        "plain": {"models": {"net": NET}},
        "ensemble": {
            "models": {
                "net": {
                    **NET,
                    "max_batch_size": 4,
                    "inputs": {"x": TENSOR},
                    "outputs": {"y": TENSOR},
                    "parameters": {"session.intra_op_thread_count": "2"},
                    "instances": [{"count": 2, "kind": "cpu"}],
                    "dynamic_batching": {
                        "preferred_batch_size": [2, 4],
                        "max_queue_delay_microseconds": 100,
                        "preserve_ordering": True,
                    },
                }
            },
            "ensembles": {
                "all": {
                    "inputs": {"x": TENSOR},
                    "outputs": {"y": TENSOR},
                    "steps": [STEP],
                    "max_batch_size": 4,
                    "sample": {"inputs": []},
                    "answer": {"outputs": []},
                }
            },
        },
        "gpus": {
            "models": {
                "net": {
                    **{**NET, "format": "tensorrt", "inputs": {"x": TENSOR}, "outputs": {"y": TENSOR}},
                    "instances": [{"kind": "gpu", "gpus": [0, 1]}],
                }
            },
            "image": "nvcr.io/nvidia/tritonserver:26.08-py3",
            "resources": GPU,
            "shared_memory": "2Gi",
        },
        "directory": {"models": {"net": {**NET, "as_directory": True}}, "flags": {"log-verbose": 1}},
    },
    "vllm": {
        "plain": {"models": {"qwen": LANGUAGE}},
        "adapters": {
            "models": {"qwen": LANGUAGE},
            "adapters": {"law": {**LANGUAGE, "sample": {"model": "law"}}},
            "max_lora_rank": 64,
            "cache": "compiled",
            "api": "completions",
        },
        "key": {"models": {"qwen": LANGUAGE}, "api_key": {"secret": "keys", "key": "vllm"}, "resources": GPU},
        "flags": {
            "models": {"qwen": LANGUAGE},
            "image": "docker.io/vllm/vllm-openai:v0.33.1",
            "access_log": True,
            "max_model_len": 4096,
            "dtype": "bfloat16",
            "quantization": "fp8",
            "gpu_memory_utilization": 0.5,
            "shared_memory": "4Gi",
            "flags": {"max-num-seqs": 64, "enable-prefix-caching": True},
        },
    },
    "container": {
        "plain": ECHO,
        "metrics": {
            **ECHO,
            "metrics_port": "http",
            "metrics_path": "/prometheus",
            "own_labels": {"app": "echo"},
            "beside": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"A": "b"}}],
            "request_path": "/echo",
            "sample": {"a": 1},
            "answer": {"b": 2},
        },
        "models": {**ECHO, "models": {"words": {"format": "pmml", "uri": "pvc://models/words"}}},
        "asked": {
            **ECHO,
            "ready": {"path": None, "service": "", "port": "grpc", "timeout_seconds": 3},
            "startup": {"path": "/", "scheme": "HTTPS", "initial_delay_seconds": 9, "failure_threshold": 4},
            "live": {"command": ["true"], "success_threshold": 1, "period_seconds": 60},
        },
        "connection": {**ECHO, "ready": {"path": None, "port": "grpc"}, "command": ["echo"], "args": ["--loud"]},
        "variables": {
            **ECHO,
            "env": {"LEVEL": "info"},
            "env_from": {
                "KEY": {"secret": "keys", "key": "echo"},
                "MODE": {"config_map": "modes", "key": "echo"},
                "POD": {"field": "metadata.name"},
            },
        },
        "volumes": {
            **ECHO,
            "texts": {"conf/app.yaml": "a: 1\n"},
            "volumes": {
                "claim": {"path": "/claim", "claim": "words", "sub_path": "a/b", "read_only": True},
                "secret": {"path": "/secret", "secret": "keys"},
                "config-map": {"path": "/config", "config_map": "modes"},
                "memory": {"path": "/dev/shm", "size": "1Gi", "memory": True},
                "scratch": {"path": "/tmp", "size": "2Gi"},
            },
        },
        "security": {
            **ECHO,
            "security": {
                "reason": "its image starts as root and binds port 80",
                "user": 0,
                "writable_root": True,
                "capabilities": ["NET_BIND_SERVICE"],
                "cluster_token": True,
            },
        },
        "patches": {
            **ECHO,
            "replicas": 2,
            "security": {"reason": "taken over as it was"},
            "patches": {
                "Container": {"lifecycle": None, "workingDir": "/srv", "securityContext": None},
                "Pod": {"terminationGracePeriodSeconds": 120, "dnsPolicy": "Default"},
                "Deployment": {"spec": {"revisionHistoryLimit": 2}},
                "Service": {"metadata": {"name": "other"}, "spec": {"type": "NodePort"}},
                "PodDisruptionBudget": {"spec": {"maxUnavailable": "20%"}},
                "NetworkPolicy": None,
            },
        },
    },
}
"""Runtime to choices, each by a name: fields of a stack."""


def servers(*traits: Traits) -> Iterator[Unit]:
    """A unit for each choice, on a cluster without traits and on others."""
    for runtime, choices in CHOICES.items():
        kind = catalog.kind("components.runtimes", runtime, ModelServer)
        for choice, fields in choices.items():
            name = f"{runtime.replace('_', '-')}-{choice}"
            stack = kind.model_validate({"name": name, "owner": "science", **fields})
            for each in (Traits(), *traits):
                yield stack.unit(Context(traits=each, conventions=CONVENTIONS))
