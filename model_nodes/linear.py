"""A model: softmax regression, from a file of its coefficients."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class Linear:
    """`weights` is JSON beside this module: `classes`, `coefficients` (classes, features), `intercepts` (classes)."""

    def __init__(self, weights: str) -> None:
        found = json.loads((Path(__file__).parent / weights).read_text())
        self._classes: list[str] = found["classes"]
        self._coefficients = np.array(found["coefficients"])
        self._intercepts = np.array(found["intercepts"])

    def predict(self, features: Numbers, names: Sequence[str]) -> Numbers:
        """The probability of each class, of shape (rows, classes)."""
        scores = np.asarray(features, dtype=np.float64) @ self._coefficients.T + self._intercepts
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    def class_names(self) -> list[str]:
        return self._classes
