"""Cultivar of a wine (0, 1 or 2) from its chemical analysis, as gradient-boosted trees in LightGBM's text format.

Data: 178 wines of three cultivars of one region of Italy (M. Forina et al., UCI machine learning repository, 1991),
which scikit-learn carries. Features: alcohol, malic acid, ash, alcalinity of ash, magnesium, total phenols,
flavanoids, nonflavanoid phenols, proanthocyanins, colour intensity, hue, od280/od315 of diluted wines, proline;
the dataset states no units.
"""

from pathlib import Path

import lightgbm
import numpy as np
from sklearn.datasets import load_wine
from sklearn.utils import Bunch

from training.trained import ARTEFACTS, SEED, Classes, Rows, Trained, accuracy, save, split

ARTEFACT = ARTEFACTS / "wine.txt"
ACCURACY = 0.95

ROUNDS = 20
PARAMETERS = {
    "objective": "multiclass",
    "num_class": 3,
    "num_leaves": 5,
    "min_data_in_leaf": 5,
    "learning_rate": 0.2,
    "seed": SEED,
    # One thread and one histogram order: the sums, and so the bytes, do not depend on the machine's cores.
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


def dataset() -> Bunch:
    """`data` of shape (178, 13) and `target` of shape (178,)."""
    return load_wine()


def train() -> Trained[lightgbm.Booster]:
    """Fit on three quarters of the wines, judge on the last quarter."""
    parts = split(dataset())
    model = lightgbm.train(PARAMETERS, lightgbm.Dataset(parts.rows, parts.classes), num_boost_round=ROUNDS)
    held_out = accuracy(classes(model, parts.held_out_rows), parts.held_out_classes)
    return Trained(model, held_out, model.model_to_string().encode())


def load(path: Path) -> lightgbm.Booster:
    """The model in the file `path`, read as MLServer's LightGBM runtime does."""
    return lightgbm.Booster(model_file=path)


def classes(model: lightgbm.Booster, rows: Rows) -> Classes:
    """The cultivar that `model` holds likeliest for each of `rows`, of shape (rows, 13)."""
    return np.asarray(np.argmax(np.asarray(model.predict(rows)), axis=1), dtype=np.int64)


if __name__ == "__main__":
    save(train(), ARTEFACT)
