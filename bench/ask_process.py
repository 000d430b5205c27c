"""A caller with connections that it keeps: `python -m bench.ask_process COUNT CALLS` prints seconds as JSON.

CALLS is JSON too: of each call its host, port, path and body; one after the other they make one request.
"""

import http.client
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

WARM_UP = 50
Call = tuple[str, int, str, Any]


def main(count: int, calls: Sequence[Call]) -> None:
    """Print how long each of `count` requests took, after some that warm everything up."""
    connections = [http.client.HTTPConnection(host, port, timeout=30) for host, port, *_ in calls]
    asked = [(path, json.dumps(body).encode()) for *_, path, body in calls]
    seconds = []
    for _ in range(WARM_UP + count):
        began = time.perf_counter()
        for connection, (path, body) in zip(connections, asked, strict=True):
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
            if response.status != 200:
                sys.exit(f"{path} answered {response.status}: {answer[:500]!r}")
        seconds.append(time.perf_counter() - began)
    print(json.dumps(seconds[WARM_UP:]))


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
