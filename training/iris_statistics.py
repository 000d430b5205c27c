"""Where irises lie and how they scatter, for the outlier detector model_nodes/outliers.py: `python -m` writes it."""

import json

import numpy as np
from sklearn.datasets import load_iris

from training.trained import ARTEFACTS, split

ARTEFACT = ARTEFACTS / "iris-statistics.json"
DECIMALS = 9


def content() -> bytes:
    """`mean` (4, cm) and `covariance` (4, 4, cm²) of three quarters of the flowers."""
    rows = split(load_iris()).rows
    found = {"mean": rows.mean(axis=0), "covariance": np.cov(rows, rowvar=False)}
    return (json.dumps({key: np.round(each, DECIMALS).tolist() for key, each in found.items()}) + "\n").encode()


if __name__ == "__main__":
    ARTEFACT.write_bytes(content())
