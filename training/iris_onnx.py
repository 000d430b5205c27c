"""The model of `training.iris` as ONNX: the same regression as a graph of six operators, in 32-bit numbers.

Input `measurements`, shape (rows, 4), in cm; outputs `species`, shape (rows, 1), and `probabilities`, shape (rows, 3).
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from sklearn.pipeline import Pipeline
from sklearn.utils import Bunch

from training import iris
from training.trained import ARTEFACTS, Classes, Rows, Trained, accuracy, save, split

ARTEFACT = ARTEFACTS / "iris.onnx"
ACCURACY = iris.ACCURACY

OPSET, IR_VERSION = 17, 8
"""What every runtime of the last years reads."""


def dataset() -> Bunch:
    """`data` of shape (150, 4) and `target` of shape (150,)."""
    return iris.dataset()


def train() -> Trained[onnx.ModelProto]:
    """Train as `training.iris` does, translate, and judge the translation on the same last quarter."""
    model = _translated(iris.train().model)
    parts = split(dataset())
    held_out = accuracy(classes(model, parts.held_out_rows), parts.held_out_classes)
    return Trained(model, held_out, model.SerializeToString())


def load(path: Path) -> onnx.ModelProto:
    """The model in the file `path`."""
    return onnx.load(path)


def classes(model: onnx.ModelProto, rows: Rows) -> Classes:
    """The species that `model` sees in each of `rows`, of shape (rows, 4), as ONNX's reference computes it."""
    species, _ = ReferenceEvaluator(model).run(None, {"measurements": rows.astype(np.float32)})
    return np.asarray(species, dtype=np.int64)[:, 0]


def _translated(pipeline: Pipeline) -> onnx.ModelProto:
    scaler, regression = pipeline[0], pipeline[-1]
    weights = {
        "mean": scaler.mean_,
        "scale": scaler.scale_,
        "coefficients": regression.coef_.T,
        "intercept": regression.intercept_,
    }
    nodes = [
        helper.make_node("Sub", ["measurements", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "scale"], ["scaled"]),
        helper.make_node("MatMul", ["scaled", "coefficients"], ["products"]),
        helper.make_node("Add", ["products", "intercept"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["scores"], ["species"], axis=1, keepdims=1),
    ]
    graph = helper.make_graph(
        nodes,
        "iris",
        [helper.make_tensor_value_info("measurements", TensorProto.FLOAT, ["rows", 4])],
        [
            helper.make_tensor_value_info("species", TensorProto.INT64, ["rows", 1]),
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["rows", 3]),
        ],
        [
            numpy_helper.from_array(value.round(iris.DECIMALS).astype(np.float32), name)
            for name, value in weights.items()
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    return model


if __name__ == "__main__":
    save(train(), ARTEFACT)
