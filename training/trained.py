"""What the training of every model shares: the split that judges it, and the artefact that it leaves behind."""

import hashlib
import pickle
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split
from sklearn.utils import Bunch

ARTEFACTS = Path(__file__).parent.parent / "model_stacks" / "artefacts"
"""The folder of the served models' files."""

HELD_OUT = 0.25
"""The share of the rows that training never sees."""

SEED = 0

Rows = NDArray[np.float64]
"""Shape (rows, features); the unit of each feature is the dataset's own."""

Classes = NDArray[np.int64]
"""Shape (rows,): the number of each row's class, from 0."""

Model = TypeVar("Model")


@dataclass(frozen=True)
class Trained(Generic[Model]):
    """A model fresh from training.

    `accuracy` is the share (0 to 1) of the held-out rows that it classifies rightly, and `content` what its server
    reads from disk.
    """

    model: Model
    accuracy: float
    content: bytes


@dataclass(frozen=True)
class Split:
    """A dataset in two: the rows to learn from, and those held out to judge with, each class in its proportion."""

    rows: Rows
    classes: Classes
    held_out_rows: Rows
    held_out_classes: Classes


def split(dataset: Bunch) -> Split:
    """One of scikit-learn's datasets, always divided in the same way."""
    parts: list[Any] = train_test_split(
        dataset.data, dataset.target, test_size=HELD_OUT, random_state=SEED, stratify=dataset.target
    )
    rows, held_out_rows, classes, held_out_classes = parts
    return Split(rows, classes, held_out_rows, held_out_classes)


def accuracy(predicted: Classes, actual: Classes) -> float:
    """The share of `predicted` that is `actual`, 0 to 1."""
    return float(np.mean(predicted == actual))


def pickled(model: object) -> bytes:
    """`model` as a pickle of the same bytes in every process, which `joblib.load` reads as well.

    A pickle refers back to what it has written before, and whether two equal strings are one object differs from
    process to process: `fast` writes each in full. It cannot write what contains itself.
    """
    buffer = BytesIO()
    pickler = pickle.Pickler(buffer, protocol=pickle.DEFAULT_PROTOCOL)
    pickler.fast = True
    pickler.dump(model)
    return buffer.getvalue()


def save(trained: Trained[Any], path: Path) -> None:
    """Write the artefact to `path`, and print what it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(trained.content)
    digest = hashlib.sha256(trained.content).hexdigest()
    print(f"{path.name}: {len(trained.content)} bytes, held-out accuracy {trained.accuracy:.4f}, sha256 {digest}")
