"""A stand-in for S3."""

import subprocess
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from .pod import PYTHON

SERVER = """
import sys
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(sys.argv[1], int(sys.argv[2]), verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""


BINARY = {"Content-Type": "application/octet-stream"}


@contextmanager
def s3_server(address: str = "127.0.0.1", port: int = 0, prefix: Sequence[str] = ()) -> Iterator[str]:
    """Its URL, for as long as the block runs; `prefix` is a command that runs it somewhere else."""
    command = (*prefix, str(PYTHON), "-W", "ignore", "-c", SERVER, address, str(port))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield f"http://{address}:{process.stdout.readline().strip()}"
        process.stdin.close()


def put(url: str, content: bytes) -> None:
    """A bucket, or an object of one."""
    with urllib.request.urlopen(urllib.request.Request(url, content, BINARY, method="PUT"), timeout=10) as answer:
        assert answer.status == 200
