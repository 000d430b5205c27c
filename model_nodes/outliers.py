"""An outlier detector: marks requests that are far from what the model learned on, and lets them pass."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class Mahalanobis:
    """By the distance from the mean in standard deviations, along the data's own axes.

    `statistics` is JSON beside this module: `mean` (features) and `covariance` (features, features).
    """

    def __init__(self, statistics: str, threshold: float = 4.0) -> None:
        found = json.loads((Path(__file__).parent / statistics).read_text())
        self._mean = np.array(found["mean"])
        self._precision = np.linalg.inv(np.array(found["covariance"]))
        self._threshold = threshold
        self._distances = np.zeros(0)

    def transform_input(self, features: Numbers, names: Sequence[str]) -> Numbers:
        """What came in; the server takes one request at a time, so `tags` and `metrics` are of this one."""
        away = np.asarray(features, dtype=np.float64) - self._mean
        self._distances = np.sqrt(np.einsum("ij,jk,ik->i", away, self._precision, away))
        return features

    def tags(self) -> dict[str, list[bool]]:
        return {"outlier": (self._distances > self._threshold).tolist()}

    def metrics(self) -> list[dict[str, Any]]:
        found = int(np.sum(self._distances > self._threshold))
        return [{"type": "COUNTER", "key": "outliers_total", "value": found}]
