"""Asks again what may pass, and says what will not."""

import re
import ssl
import time
from collections.abc import Callable, Iterator
from random import uniform
from typing import NamedTuple, TypeVar

from .remote import Refused

T = TypeVar("T")
_PASSING = (408, 425, 429)
"""Refusals that a server takes back by itself, as it does those from 500 on."""
_CURES = {
    401: "Give its pods an identity, or the Secret of its stack keys, that may read it",
    403: "Let the identity of its pods, or the keys in the Secret of its stack, read it",
    404: "Mend its uri",
}


class Retries(NamedTuple):
    """How often to try in a row with nothing gained, and how long to wait between: doubled each time, up to a bound."""

    attempts: int
    first_seconds: float
    longest_seconds: float

    def insist(self, what: str, work: Callable[[], T], progress: Callable[[], int] = lambda: 0) -> T:
        """What `work` returns, which is called again as long as it may get further. Raises Refused."""
        failures, reached = 0, progress()
        while True:
            try:
                return work()
            except Exception as error:
                failures = 1 if progress() > reached else failures + 1
                reached = max(reached, progress())
                if failures >= self.attempts or _final(error):
                    print(f"{what}: {reason(error)}", flush=True)
                    raise Refused(reason(error)) from error
                seconds = min(self.longest_seconds, self.first_seconds * 2 ** (failures - 1)) * uniform(0.5, 1)
                print(f"{what}: {reason(error)}; asked again in {seconds:.1f} s", flush=True)
                time.sleep(seconds)


def reason(error: BaseException) -> str:
    """One line for a person, without the query of any URL: signatures are keys."""
    if status := _status(error):
        return ". ".join(filter(None, (f"answered {status}", _CURES.get(status))))
    told = (each for each in _chain(error) if isinstance(each, Refused | PermissionError) or _system(each))
    origin = next(told, error)
    text = _system(origin) or str(origin) or type(origin).__name__
    return re.sub(r"\?\S+", "?…", " ".join(text.split()))[:300]


def _system(error: BaseException) -> str:
    """What the system itself says, such as 'Connection refused'; '' where it is not the system that speaks."""
    return str(error.strerror or "") if isinstance(error, OSError) and error.errno else ""


def _final(error: BaseException) -> bool:
    hopeless = (Refused, PermissionError, ssl.SSLCertVerificationError)
    if any(isinstance(each, hopeless) for each in _chain(error)):
        return True
    status = _status(error)
    return status is not None and status < 500 and status not in _PASSING


def _status(error: BaseException) -> int | None:
    """The HTTP status that an error is about, as Amazon's, Google's, Azure's and other clients keep it."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        found = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    else:
        found = getattr(response, "status_code", None) or getattr(error, "status_code", None)
    found = found or getattr(error, "code", None)
    return int(found) if isinstance(found, int) and found >= 400 else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__
