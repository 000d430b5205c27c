"""Shares of requests by numbers of replicas: what a Service without any mesh can do."""

from collections.abc import Iterable, Iterator

TOLERANCE = 2
"""By how many percentage points the share of the replicas may differ from what was asked for."""
MOST = 100


def candidates(replicas: int, percent: int) -> int:
    """How many of `replicas` are the candidate's, so that it gets `percent` of the requests."""
    if percent in (0, 100):
        return replicas * percent // 100
    return min(max(1, round(replicas * percent / 100)), max(1, replicas - 1))


def refusals(replicas: int, plan: Iterable[int], cure: str) -> Iterator[str]:
    """Each share of `plan` that `replicas` cannot give, with what they can; `cure` is what could give any."""
    for percent in plan:
        if not _fits(replicas, percent):
            given = _given(replicas, percent)
            enough = next(each for each in range(2, MOST + 1) if _fits(each, percent))
            fact = f"{percent} % of requests cannot be had with replicas: {replicas}, {given:.0f} % can"
            yield f"{fact}. Say replicas: {enough}, another share, or {cure}"


def _given(replicas: int, percent: int) -> float:
    return 100 * candidates(replicas, percent) / replicas


def _fits(replicas: int, percent: int) -> bool:
    return abs(_given(replicas, percent) - percent) <= TOLERANCE
