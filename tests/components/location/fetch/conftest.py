from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from sandbox import certificates

from .pod import PYTHON, Pod
from .server import Server


@pytest.fixture(scope="session")
def authority() -> certificates.Pair:
    return certificates.authority("models")


@pytest.fixture(scope="session")
def certificate(authority: certificates.Pair, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a server on this machine: the beginning of the names of its files."""
    folder = tmp_path_factory.mktemp("certificate")
    certificates.issue(authority, "store", hosts=("localhost", IPv4Address("127.0.0.1"))).write(folder, "store")
    return folder / "store"


@pytest.fixture
def server(certificate: Path) -> Iterator[Server]:
    with Server(certificate) as found:
        yield found
        found.shutdown()


@pytest.fixture(scope="session")
def clients() -> None:
    """Whoever asks for them is skipped where they are missing."""
    if not PYTHON.exists():
        pytest.skip("the stores' clients are not installed here. `make test` installs them")


@pytest.fixture
def pod(tmp_path: Path, authority: certificates.Pair, server: Server, clients: None) -> Pod:
    return Pod(tmp_path, authority.certificate.decode(), (server.server_port,))
