import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.traffic.replica_weights import MOST, TOLERANCE, candidates, refusals


@pytest.mark.parametrize(
    ("replicas", "percent", "some"),
    [(10, 10, 1), (4, 25, 1), (3, 33, 1), (4, 75, 3), (10, 0, 0), (10, 100, 10), (2, 50, 1), (20, 5, 1)],
)
def test_a_share_that_replicas_can_give(replicas: int, percent: int, some: int) -> None:
    assert candidates(replicas, percent) == some
    assert list(refusals(replicas, [percent], "CURE")) == []


@pytest.mark.parametrize(
    ("replicas", "percent", "words"),
    [
        (3, 10, "10 % of requests cannot be had with replicas: 3, 33 % can. Say replicas: 9, another share, or CURE"),
        (1, 50, "50 % of requests cannot be had with replicas: 1, 100 % can. Say replicas: 2, another share, or CURE"),
        (4, 1, "1 % of requests cannot be had with replicas: 4, 25 % can. Say replicas: 34, another share, or CURE"),
    ],
)
def test_a_share_that_they_cannot_give_is_refused_with_the_nearest(replicas: int, percent: int, words: str) -> None:
    (found,) = refusals(replicas, [percent], "CURE")
    assert found == words


def test_each_step_of_a_plan_is_looked_at() -> None:
    assert len(list(refusals(4, [1, 25, 50, 60], "CURE"))) == 2


@given(st.integers(min_value=1, max_value=MOST), st.integers(min_value=0, max_value=100))
def test_what_is_taken_is_near_enough_and_nobody_is_left_out(replicas: int, percent: int) -> None:
    some = candidates(replicas, percent)
    assert 0 <= some <= replicas
    if not list(refusals(replicas, [percent], "CURE")):
        assert abs(100 * some / replicas - percent) <= TOLERANCE
        assert (some > 0) == (percent > 0)
        assert (some < replicas) == (percent < 100)
