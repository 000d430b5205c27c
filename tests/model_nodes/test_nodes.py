"""What each node answers, and that those which learn do."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_nodes import linear, outliers
from model_nodes.bandits import Bandit, EpsilonGreedy, Thompson
from model_nodes.centimetres import Centimetres
from model_nodes.linear import Linear
from model_nodes.mean import Mean
from model_nodes.outliers import Mahalanobis
from training import iris_all, iris_petals, iris_statistics
from training.trained import split

ROUNDS = 2_000
REWARDED = (0.2, 0.5, 0.8)
"""How likely the answer of each child is a good one."""
FLOWERS = iris_all.dataset()


def beside(monkeypatch: pytest.MonkeyPatch, module: Any, folder: Path) -> None:
    """Have `module` read its files from `folder`, as if it lay there."""
    monkeypatch.setattr(module, "__file__", str(folder / "module.py"))


def test_inches_become_centimetres() -> None:
    np.testing.assert_allclose(Centimetres().transform_input(np.array([[1, 10]]), ()), [[2.54, 25.4]])


@pytest.mark.parametrize("training", [iris_all, iris_petals])
def test_the_linear_model_is_the_one_that_was_trained(monkeypatch: pytest.MonkeyPatch, training: Any) -> None:
    beside(monkeypatch, linear, training.ARTEFACT.parent)
    model = Linear(training.ARTEFACT.name)
    answer = model.predict(FLOWERS.data, FLOWERS.feature_names)
    np.testing.assert_allclose(answer.sum(axis=1), 1)
    np.testing.assert_array_equal(
        answer.argmax(axis=1), training.classes(training.load(training.ARTEFACT), FLOWERS.data)
    )
    assert model.class_names() == ["setosa", "versicolor", "virginica"]


def test_a_huge_score_is_a_probability_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    weights = {"classes": ["a", "b"], "coefficients": [[1e4], [0]], "intercepts": [0, 0]}
    (tmp_path / "weights.json").write_text(json.dumps(weights))
    beside(monkeypatch, linear, tmp_path)
    np.testing.assert_allclose(Linear("weights.json").predict(np.array([[1.0], [-1.0]]), ()), [[1, 0], [0, 1]])


def test_the_combiner_takes_the_mean() -> None:
    mean = Mean("a,b")
    np.testing.assert_allclose(mean.aggregate([np.array([[0, 1]]), np.array([[1, 0.5]])], ()), [[0.5, 0.75]])
    assert mean.class_names() == ["a", "b"]


def test_the_combiner_of_unnamed_classes_numbers_them() -> None:
    mean = Mean()
    mean.aggregate([np.array([[1, 2, 3]])], ())
    assert mean.class_names() == ["t:0", "t:1", "t:2"]


def play(bandit: Bandit, seed: int) -> list[int]:
    """The children that it asks, each answer rewarded by lot."""
    random, asked = np.random.default_rng(seed), []
    for _ in range(ROUNDS):
        child = bandit.route(None, ())
        asked.append(child)
        bandit.send_feedback(None, (), float(random.random() < REWARDED[child]), None, routing=child)
    return asked


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("kind", "least"), [(EpsilonGreedy, 0.85), (Thompson, 0.95)])
def test_a_bandit_comes_to_ask_the_best_child(kind: type[Bandit], least: float, seed: int) -> None:
    """Epsilon-greedy goes on asking any child one time in ten: the best at most 0.93 of all."""
    late = play(kind(3, seed=seed), seed + 100)[ROUNDS // 2 :]
    assert late.count(2) / len(late) > least


@pytest.mark.parametrize("kind", [EpsilonGreedy, Thompson])
def test_every_child_is_tried(kind: type[Bandit]) -> None:
    assert set(play(kind(3, seed=1), 2)[:50]) == {0, 1, 2}


def test_greed_alone_tries_each_child_once_before_it_prefers_one() -> None:
    bandit = EpsilonGreedy(3, epsilon=0, seed=0)
    asked = []
    for _ in range(10):
        asked.append(bandit.route(None, ()))
        bandit.send_feedback(None, (), float(asked[-1] == 1), None, routing=asked[-1])
    assert asked[-1] == 1
    assert len(set(asked)) <= 3


@pytest.mark.parametrize("routing", [None, -1, 2])
def test_a_reward_of_nobody_is_not_counted(routing: int | None) -> None:
    bandit = Thompson(2)
    bandit.send_feedback(None, (), 1, None, routing=routing)
    assert bandit.tags() == {"tries": [0, 0], "rewards": [0, 0]}


@pytest.mark.parametrize(("reward", "counted"), [(-3, 0), (0.25, 0.25), (7, 1)])
def test_a_reward_is_between_nothing_and_one(reward: float, counted: float) -> None:
    bandit = Thompson(2)
    bandit.send_feedback(None, (), reward, None, routing=1)
    assert bandit.tags() == {"tries": [0, 1], "rewards": [0, counted]}


def test_what_was_learned_outlives_the_process_where_a_volume_keeps_it(tmp_path: Path) -> None:
    state = str(tmp_path / "state.json")
    bandit = EpsilonGreedy(2, epsilon=0, state=state)
    bandit.send_feedback(None, (), 1, None, routing=1)
    bandit.send_feedback(None, (), 0, None, routing=0)
    again = EpsilonGreedy(2, epsilon=0, state=state)
    assert again.tags() == bandit.tags()
    assert again.route(None, ()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_state_of_other_branches_is_refused(tmp_path: Path) -> None:
    state = str(tmp_path / "state.json")
    Thompson(2, state=state).send_feedback(None, (), 1, None, routing=0)
    with pytest.raises(ValueError, match="is of 2 branches, not 3"):
        Thompson(3, state=state)


def test_the_detector_marks_what_is_far_and_lets_all_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    beside(monkeypatch, outliers, iris_statistics.ARTEFACT.parent)
    detector = Mahalanobis(iris_statistics.ARTEFACT.name)
    rows = np.vstack([split(FLOWERS).held_out_rows, [20, 1, 1, 20]])
    np.testing.assert_array_equal(detector.transform_input(rows, ()), rows)
    assert detector.tags()["outlier"] == [*[False] * (len(rows) - 1), True]
    assert detector.metrics()[0]["value"] == 1


def test_the_detector_measures_in_standard_deviations(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps({"mean": [1, 1], "covariance": [[4, 0], [0, 1]]}))
    beside(monkeypatch, outliers, tmp_path)
    detector = Mahalanobis("s.json", threshold=2)
    detector.transform_input(np.array([[4.9, 1], [5.1, 1], [1, 2.9], [1, 3.1]]), ())
    assert detector.tags() == {"outlier": [False, True, False, True]}


def test_the_statistics_are_those_of_the_training() -> None:
    assert iris_statistics.ARTEFACT.read_bytes() == iris_statistics.content()
