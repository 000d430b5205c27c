"""Species of an iris from its petals alone, as softmax regression: one of the two models of the graph `iris-graph`."""

from sklearn.datasets import load_iris
from sklearn.utils import Bunch

from training import softmax
from training.softmax import classes, load
from training.trained import ARTEFACTS, Trained, save

__all__ = ["ACCURACY", "ARTEFACT", "classes", "dataset", "load", "train"]

ARTEFACT = ARTEFACTS / "iris-petals.json"
ACCURACY = 0.94


def dataset() -> Bunch:
    """`data` of shape (150, 4) in cm, and `target` of shape (150,)."""
    return load_iris()


def train() -> Trained[softmax.Weights]:
    """Fit on three quarters of the flowers, judge on the last quarter."""
    return softmax.fit(dataset(), (2, 3))


if __name__ == "__main__":
    save(train(), ARTEFACT)
