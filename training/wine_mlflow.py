"""Cultivar of a wine (0, 1 or 2) from its chemical analysis, as logistic regression in a folder as MLflow saves it.

Data and features are those of training.wine. The folder's other file, MLmodel, says which of MLflow's loaders reads the
pickle, and with which versions it was made: https://mlflow.org/docs/latest/ml/model/
"""

import pickle
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from training.trained import ARTEFACTS, SEED, Classes, Rows, Trained, accuracy, pickled, save, split
from training.wine import dataset

__all__ = ["dataset"]

ARTEFACT = ARTEFACTS / "wine-mlflow" / "model.pkl"
ACCURACY = 0.95

DECIMALS = 9
"""Kept of each coefficient: BLAS kernels of different processors agree in these, and differ in the last bits."""


def train() -> Trained[Pipeline]:
    """Fit on three quarters of the wines, judge on the last quarter."""
    parts = split(dataset())
    model = make_pipeline(StandardScaler(), LogisticRegression(random_state=SEED))
    model.fit(parts.rows, parts.classes)
    regression = model[-1]
    regression.coef_ = np.round(regression.coef_, DECIMALS)
    regression.intercept_ = np.round(regression.intercept_, DECIMALS)
    held_out = accuracy(classes(model, parts.held_out_rows), parts.held_out_classes)
    return Trained(model, held_out, pickled(model))


def load(path: Path) -> Pipeline:
    """The model in the file `path`, read as MLflow's loader does."""
    return pickle.loads(path.read_bytes())


def classes(model: Pipeline, rows: Rows) -> Classes:
    """The cultivar that `model` sees in each of `rows`, of shape (rows, 13)."""
    return np.asarray(model.predict(rows), dtype=np.int64)


if __name__ == "__main__":
    save(train(), ARTEFACT)
