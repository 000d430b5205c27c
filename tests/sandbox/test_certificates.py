import json
import ssl
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID
from kubernetes import config

from sandbox import certificates
from sandbox.certificates import Pair, authority, issue

NODE = IPv4Address("10.200.0.2")


@pytest.fixture(scope="module")
def ca() -> Pair:
    return authority("test-ca")


@pytest.fixture(scope="module")
def server(ca: Pair) -> Pair:
    return issue(ca, "kube-apiserver", hosts=("kubernetes.default", "localhost", NODE))


def test_server_and_client_trust_each_other_as_strictly_as_python_can(ca: Pair, server: Pair, home: Path) -> None:
    client = issue(ca, "system:node:slipway", ("system:nodes", "others"))
    for host in ("localhost", "kubernetes.default", str(NODE)):
        subject = dict(attribute for part in _handshake(home, ca, server, client, host) for attribute in part)
        assert subject["commonName"] == "system:node:slipway"
    parsed = x509.load_pem_x509_certificate(client.certificate).subject
    groups = [attribute.value for attribute in parsed.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
    assert groups == ["system:nodes", "others"]


@pytest.mark.parametrize("host", ["example.org", "10.200.0.3"])
def test_a_server_of_another_name_is_refused(ca: Pair, server: Pair, home: Path, host: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        _handshake(home, ca, server, issue(ca, "someone"), host)


def test_another_authority_of_the_same_name_is_refused(ca: Pair, server: Pair, home: Path) -> None:
    stranger = issue(authority("test-ca"), "system:admin", ("system:masters",))
    with pytest.raises(ssl.SSLError, match="verify failed"):
        _handshake(home, ca, server, stranger, "localhost")


def test_a_client_certificate_serves_nobody(ca: Pair, home: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
        _handshake(home, ca, issue(ca, "localhost"), issue(ca, "someone"), "localhost")


def test_a_certificate_signs_no_other(ca: Pair, server: Pair, home: Path) -> None:
    forged = issue(server, "system:admin", ("system:masters",))
    chained = Pair(forged.certificate + server.certificate, forged.key)
    with pytest.raises(ssl.SSLError, match="verify failed"):
        _handshake(home, ca, server, chained, "localhost")


def test_files_of_a_pair_are_the_owners_alone(ca: Pair, home: Path) -> None:
    ca.write(home / "etc", "ca")
    assert {path.name: path.stat().st_mode & 0o777 for path in (home / "etc").iterdir()} == {
        "ca.crt": 0o600,
        "ca.key": 0o600,
    }


def test_halves_of_the_signing_key_belong_together() -> None:
    pair = certificates.signing_key()
    private = serialization.load_pem_private_key(pair.key, password=None)
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert private.public_key().public_bytes(*form) == pair.certificate


def test_a_kubeconfig_is_loaded_by_the_kubernetes_client(ca: Pair, home: Path) -> None:
    path, client = home / "kubeconfig", issue(ca, "slipway-admin", ("system:masters",))
    certificates.kubeconfig(path, "https://10.200.0.2:6443", ca, client)
    assert path.stat().st_mode & 0o777 == 0o600
    loaded = config.new_client_from_config(str(path)).configuration  # type: ignore[no-untyped-call]
    assert loaded.host == "https://10.200.0.2:6443"
    assert Path(loaded.ssl_ca_cert).read_bytes() == ca.certificate
    assert Path(loaded.cert_file).read_bytes() == client.certificate
    assert Path(loaded.key_file).read_bytes() == client.key
    document = json.loads(path.read_text())
    assert document["current-context"] == "slipway-sandbox"
    for part in ("clusters", "users", "contexts"):
        assert [item["name"] for item in document[part]] == ["slipway-sandbox"]


def _handshake(
    folder: Path, ca: Pair, server: Pair, client: Pair, host: str
) -> tuple[tuple[tuple[str, str], ...], ...]:
    """A mutual TLS handshake in memory; the client's subject as the server sees it."""
    sides, contexts = (ssl.MemoryBIO(), ssl.MemoryBIO()), {}
    for side, pair in ((ssl.PROTOCOL_TLS_SERVER, server), (ssl.PROTOCOL_TLS_CLIENT, client)):
        (folder / "pair.pem").write_bytes(pair.certificate + pair.key)
        contexts[side] = ssl.SSLContext(side)
        contexts[side].load_cert_chain(folder / "pair.pem")
        contexts[side].load_verify_locations(cadata=ca.certificate.decode())
        contexts[side].verify_mode = ssl.CERT_REQUIRED
        contexts[side].verify_flags |= ssl.VERIFY_X509_STRICT
    answering = contexts[ssl.PROTOCOL_TLS_SERVER].wrap_bio(sides[0], sides[1], server_side=True)
    asking = contexts[ssl.PROTOCOL_TLS_CLIENT].wrap_bio(sides[1], sides[0], server_hostname=host)
    for end in (asking, answering, asking, answering):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    peer = answering.getpeercert()
    assert peer
    return peer["subject"]  # type: ignore[return-value]
