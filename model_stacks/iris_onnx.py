"""Species of an iris from its four measurements in cm, as a neural network's server sees it: ONNX in Triton."""

from pathlib import Path

from components.location.artefact import Artefact
from components.runtimes.triton import Triton
from components.triton.model import DynamicBatching, TritonModel
from components.triton.tensors import Tensor

IRIS = TritonModel(
    format="onnx",
    artefact=Artefact(
        path=Path(__file__).parent / "artefacts" / "iris.onnx",
        sha256="7878edb68fd8fc3ce0afba7a9d857d3e28e7f32e3e01ff30af8dc5abac4c73b5",
    ),
    max_batch_size=64,
    inputs={"measurements": Tensor(datatype="FP32", shape=(4,))},
    outputs={"species": Tensor(datatype="INT64", shape=(1,)), "probabilities": Tensor(datatype="FP32", shape=(3,))},
    dynamic_batching=DynamicBatching(max_queue_delay_microseconds=500),
    sample={"inputs": [{"name": "measurements", "shape": [1, 4], "datatype": "FP32", "data": [5.1, 3.5, 1.4, 0.2]}]},
    answer={"outputs": [{"name": "species", "shape": [1, 1], "datatype": "INT64", "data": [0]}]},
)

STACK = Triton(name="iris-onnx", owner="data-science", models={"iris-onnx": IRIS})
