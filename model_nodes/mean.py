"""A combiner: the mean of what the models say."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class Mean:
    """Every model that answered has the same say; `classes` are the columns' names, divided by commas."""

    def __init__(self, classes: str = "") -> None:
        self._classes = classes.split(",") if classes else []
        self._columns = 0

    def aggregate(self, answers: Sequence[Numbers], names: Sequence[Sequence[str]]) -> Numbers:
        mean = np.mean([np.asarray(each, dtype=np.float64) for each in answers], axis=0)
        self._columns = mean.shape[-1]
        return np.asarray(mean)

    def class_names(self) -> list[str]:
        return self._classes or [f"t:{number}" for number in range(self._columns)]
