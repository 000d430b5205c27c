"""Species of an iris (0 setosa, 1 versicolor, 2 virginica) from its sepals and petals, as logistic regression.

Data: Fisher's 150 flowers (R. A. Fisher, The use of multiple measurements in taxonomic problems, 1936), which
scikit-learn carries. Features, in cm: sepal length, sepal width, petal length, petal width.
"""

from pathlib import Path

import joblib
import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import Bunch

from training.trained import ARTEFACTS, SEED, Classes, Rows, Trained, accuracy, pickled, save, split

ARTEFACT = ARTEFACTS / "iris.joblib"
ACCURACY = 0.97

DECIMALS = 9
"""Kept of each coefficient: BLAS kernels of different processors agree in these, and differ in the last bits."""


def dataset() -> Bunch:
    """`data` of shape (150, 4) and `target` of shape (150,)."""
    return load_iris()


def train() -> Trained[Pipeline]:
    """Fit on three quarters of the flowers, judge on the last quarter."""
    parts = split(dataset())
    model = make_pipeline(StandardScaler(), LogisticRegression(random_state=SEED))
    model.fit(parts.rows, parts.classes)
    _round(model[-1])
    held_out = accuracy(classes(model, parts.held_out_rows), parts.held_out_classes)
    return Trained(model, held_out, pickled(model))


def load(path: Path) -> Pipeline:
    """The model in the file `path`, read as MLServer's scikit-learn runtime does."""
    return joblib.load(path)


def classes(model: Pipeline, rows: Rows) -> Classes:
    """The species that `model` sees in each of `rows`, of shape (rows, 4)."""
    return np.asarray(model.predict(rows), dtype=np.int64)


def _round(regression: LogisticRegression) -> None:
    regression.coef_ = np.round(regression.coef_, DECIMALS)
    regression.intercept_ = np.round(regression.intercept_, DECIMALS)


if __name__ == "__main__":
    save(train(), ARTEFACT)
