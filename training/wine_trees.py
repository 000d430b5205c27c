"""Cultivar of a wine (0, 1 or 2) from its chemical analysis, as gradient-boosted trees in XGBoost's JSON format.

Data and features are those of training.wine.
"""

from pathlib import Path

import numpy as np
import xgboost

from training.trained import ARTEFACTS, SEED, Classes, Rows, Trained, accuracy, save, split
from training.wine import dataset

__all__ = ["dataset"]

ARTEFACT = ARTEFACTS / "wine-trees.json"
ACCURACY = 0.95

ROUNDS = 10
PARAMETERS = {"objective": "multi:softprob", "num_class": 3, "max_depth": 3, "eta": 0.3, "seed": SEED, "nthread": 1}


def train() -> Trained[xgboost.Booster]:
    """Fit on three quarters of the wines, judge on the last quarter."""
    parts = split(dataset())
    model = xgboost.train(PARAMETERS, xgboost.DMatrix(parts.rows, parts.classes), ROUNDS)
    held_out = accuracy(classes(model, parts.held_out_rows), parts.held_out_classes)
    return Trained(model, held_out, bytes(model.save_raw("json")))


def load(path: Path) -> xgboost.Booster:
    """The model in the file `path`, read as MLServer's XGBoost runtime does."""
    return xgboost.Booster(model_file=path)


def classes(model: xgboost.Booster, rows: Rows) -> Classes:
    """The cultivar that `model` holds likeliest for each of `rows`, of shape (rows, 13)."""
    return np.asarray(np.argmax(model.predict(xgboost.DMatrix(rows)), axis=1), dtype=np.int64)


if __name__ == "__main__":
    save(train(), ARTEFACT)
