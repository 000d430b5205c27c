"""Every model can be made again, is as good as stated, and is the one that is served."""

import ast
import os
import pickle
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from training import iris, iris_all, iris_onnx, iris_petals, wine, wine_mlflow, wine_trees
from training.trained import HELD_OUT, Trained, accuracy, pickled, save, split

TRAINED = (iris, iris_all, iris_onnx, iris_petals, wine, wine_mlflow, wine_trees)
MODELS = [pytest.param(model, id=model.__name__.removeprefix("training.")) for model in TRAINED]
LARGEST_ARTEFACT = 100_000


@cache
def trained(model: ModuleType) -> Trained[Any]:
    """What training makes in this process."""
    made: Trained[Any] = model.train()
    return made


@pytest.mark.parametrize("model", MODELS)
def test_holds_the_stated_accuracy_on_rows_it_never_saw(model: ModuleType) -> None:
    assert trained(model).accuracy >= model.ACCURACY


@pytest.mark.parametrize("model", MODELS)
def test_the_served_file_predicts_what_a_fresh_training_does(model: ModuleType) -> None:
    rows = model.dataset().data
    served = model.classes(model.load(model.ARTEFACT), rows)
    fresh = model.classes(trained(model).model, rows)
    np.testing.assert_array_equal(served, fresh)


@pytest.mark.parametrize("model", MODELS)
def test_the_served_file_itself_holds_the_stated_accuracy(model: ModuleType) -> None:
    parts = split(model.dataset())
    served = model.classes(model.load(model.ARTEFACT), parts.held_out_rows)
    assert accuracy(served, parts.held_out_classes) >= model.ACCURACY


def test_another_process_makes_the_same_bytes() -> None:
    names = [model.__name__ for model in TRAINED]
    script = f"import importlib; print([importlib.import_module(each).train().content for each in {names}])"
    elsewhere = {**os.environ, "PYTHONHASHSEED": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    printed = subprocess.run([sys.executable, "-c", script], env=elsewhere, check=True, capture_output=True).stdout
    assert ast.literal_eval(printed.decode()) == [trained(model).content for model in TRAINED]


def test_equal_strings_give_the_same_bytes_whether_or_not_they_are_one_object() -> None:
    text = "".join(["a", "b"])
    other = "".join(["a", "b"])
    assert text is not other
    assert pickled([text, text]) == pickled([text, other])
    assert pickle.loads(pickled([text, other])) == [text, other]


@pytest.mark.parametrize("model", MODELS)
def test_the_served_file_fits_a_config_map_many_times(model: ModuleType) -> None:
    assert 0 < model.ARTEFACT.stat().st_size < LARGEST_ARTEFACT


@pytest.mark.parametrize("model", MODELS)
def test_holds_out_a_quarter_with_every_class_in_it(model: ModuleType) -> None:
    data = model.dataset()
    parts = split(data)
    assert len(parts.rows) + len(parts.held_out_rows) == len(data.data)
    assert len(parts.held_out_rows) == int(np.ceil(len(data.data) * HELD_OUT))
    assert set(parts.held_out_classes) == set(data.target)


def test_save_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = trained(iris)
    save(made, tmp_path / "models" / "iris.joblib")
    said = capsys.readouterr().out
    assert f"iris.joblib: {len(made.content)} bytes, held-out accuracy {made.accuracy:.4f}, sha256 " in said
