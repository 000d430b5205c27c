"""Routers that learn from feedback which of their children to prefer: multi-armed bandits.

What one has learned lives in its process, and in the file `state` where a volume holds one. Two replicas learn apart,
each from the feedback that happens to reach it: run one.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np


class Bandit:
    """Counts for each of `n_branches` children the feedback that it got, and its rewards, each from 0 to 1."""

    def __init__(self, n_branches: int, seed: int | None = None, state: str = "") -> None:
        self._random = np.random.default_rng(seed)
        self._state = Path(state) if state else None
        found = json.loads(self._state.read_text()) if self._state and self._state.exists() else {}
        self.tries = np.array(found.get("tries", [0] * n_branches), dtype=np.float64)
        self.rewards = np.array(found.get("rewards", [0] * n_branches), dtype=np.float64)
        if len(self.tries) != n_branches:
            raise ValueError(f"{state} is of {len(self.tries)} branches, not {n_branches}. Remove it to begin anew")

    def route(self, features: Any, names: Sequence[str]) -> int:
        """The number of the child that is asked."""
        raise NotImplementedError

    def send_feedback(
        self, features: Any, names: Sequence[str], reward: float, truth: Any, routing: int | None = None
    ) -> None:
        """Remember how good child `routing` was; without it, nobody knows whose reward it is."""
        if routing is None or not 0 <= routing < len(self.tries):
            return
        self.tries[routing] += 1
        self.rewards[routing] += min(max(reward, 0.0), 1.0)
        self._save()

    def tags(self) -> dict[str, list[float]]:
        """Told with each answer."""
        return {"tries": self.tries.tolist(), "rewards": self.rewards.tolist()}

    def _save(self) -> None:
        if self._state:
            partial = self._state.with_suffix(".partial")
            partial.write_text(json.dumps(self.tags()))
            os.replace(partial, self._state)


class EpsilonGreedy(Bandit):
    """Asks the child with the best mean reward, and with probability `epsilon` any."""

    def __init__(self, n_branches: int, epsilon: float = 0.1, seed: int | None = None, state: str = "") -> None:
        super().__init__(n_branches, seed, state)
        self._epsilon = epsilon

    def route(self, features: Any, names: Sequence[str]) -> int:
        if self._random.random() < self._epsilon:
            return int(self._random.integers(len(self.tries)))
        # One that was never tried counts as perfect, so that each is tried.
        means = np.divide(self.rewards, self.tries, out=np.ones_like(self.tries), where=self.tries > 0)
        return int(self._random.choice(np.flatnonzero(means == means.max())))


class Thompson(Bandit):
    """Asks each child as often as it is likely to be the best: by a sample of what its reward may be."""

    def route(self, features: Any, names: Sequence[str]) -> int:
        return int(np.argmax(self._random.beta(1 + self.rewards, 1 + self.tries - self.rewards)))
