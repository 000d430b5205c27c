"""How long what may pass by itself is asked again."""

import time

SECONDS = 30
LONGEST_PAUSE = 4.0


class Patience:
    """Pauses between attempts, longer and longer, until there was no success for `seconds`."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self.renew()

    def renew(self) -> None:
        """After a success, begin anew."""
        self._pause, self._end = 0.2, time.monotonic() + self._seconds

    def lasts(self) -> bool:
        """Wait a while; False, and at once, where it was long enough."""
        if time.monotonic() + self._pause > self._end:
            return False
        time.sleep(self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        return True
