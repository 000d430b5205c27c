"""Requests that do not stop while something changes."""

import threading
import time

from .cluster import infer
from .test_changes import SETOSA


class Trickle:
    """A request every `pause` seconds by each of `callers`, each by a connection of its own, until the block ends."""

    def __init__(self, address: str, *, callers: int = 1, pause: float = 0.1) -> None:
        self.answers: list[int] = []
        self.lost: list[str] = []
        self._address, self._pause, self._ended = address, pause, threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(callers)]

    def __enter__(self) -> "Trickle":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def until(self, count: int) -> None:
        """Wait for so many answers in all."""
        while len(self.answers) < count:
            assert not self.lost, self.lost
            time.sleep(self._pause)

    def agree(self, answer: int, count: int = 100, seconds: float = 30) -> None:
        """Wait until so many answers in a row are `answer`."""
        deadline = time.monotonic() + seconds
        while self.answers[-count:] != [answer] * count:
            assert time.monotonic() < deadline, self.answers[-count:]
            time.sleep(self._pause)

    def _run(self) -> None:
        while not self._ended.wait(self._pause):
            try:
                self.answers.append(infer(self._address, "iris", SETOSA)["outputs"][0]["data"][0])
            except (AssertionError, OSError, ValueError) as error:
                self.lost.append(f"after {len(self.answers)}: {error!r}")
