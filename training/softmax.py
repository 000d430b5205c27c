"""What the two models of the graph `iris-graph` share: softmax regression in JSON, for model_nodes/linear.py."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.utils import Bunch

from training.trained import SEED, Classes, Rows, Trained, accuracy, split

DECIMALS = 9
"""Kept of each coefficient, as in training/iris.py."""
Weights = dict[str, list[str] | list[float] | list[list[float]]]


def fit(data: Bunch, columns: Sequence[int]) -> Trained[Weights]:
    """Learns from `columns` of three quarters of the rows; what the others say weighs nothing."""
    parts = split(data)
    model = LogisticRegression(random_state=SEED, max_iter=1000).fit(parts.rows[:, columns], parts.classes)
    coefficients = np.zeros((len(data.target_names), data.data.shape[1]))
    coefficients[:, columns] = np.round(model.coef_, DECIMALS)
    weights: Weights = {
        "classes": data.target_names.tolist(),
        "coefficients": coefficients.tolist(),
        "intercepts": np.round(model.intercept_, DECIMALS).tolist(),
    }
    content = (json.dumps(weights, indent=2) + "\n").encode()
    return Trained(weights, accuracy(classes(weights, parts.held_out_rows), parts.held_out_classes), content)


def load(path: Path) -> Weights:
    """The model in the file `path`."""
    found: Weights = json.loads(path.read_text())
    return found


def classes(weights: Weights, rows: Rows) -> Classes:
    """The class that is likeliest for each of `rows`."""
    scores = rows @ np.array(weights["coefficients"]).T + np.array(weights["intercepts"])
    return np.asarray(np.argmax(scores, axis=1), dtype=np.int64)
