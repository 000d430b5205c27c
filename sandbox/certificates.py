"""The cluster's public key infrastructure, and the kubeconfigs that it makes possible."""

import base64
import json
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.paths import write

LIFETIME = timedelta(days=3650)


class Pair(NamedTuple):
    """A certificate and its private key, in PEM."""

    certificate: bytes
    key: bytes

    def write(self, folder: Path, name: str) -> None:
        """As `name`.crt and `name`.key, which only the owner may read."""
        write(folder / f"{name}.crt", self.certificate.decode())
        write(folder / f"{name}.key", self.key.decode())


def authority(name: str) -> Pair:
    """A certificate authority of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(name)
    unsigned = _builder(subject, subject, key, key).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    return _signed(unsigned, key, key)


def issue(by: Pair, name: str, groups: tuple[str, ...] = (), hosts: tuple[str | IPv4Address, ...] = ()) -> Pair:
    """A certificate for the user `name` in `groups`; with `hosts`, also for a server of these names and addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.load_pem_x509_certificate(by.certificate)
    signer = serialization.load_pem_private_key(by.key, password=None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)  # as `authority` makes them
    usages = [ExtendedKeyUsageOID.CLIENT_AUTH, *([ExtendedKeyUsageOID.SERVER_AUTH] if hosts else [])]
    unsigned = _builder(_subject(name, groups), issuer.subject, key, signer).add_extension(
        x509.ExtendedKeyUsage(usages), critical=False
    )
    if hosts:
        names = [x509.DNSName(host) if isinstance(host, str) else x509.IPAddress(host) for host in hosts]
        unsigned = unsigned.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return _signed(unsigned, key, signer)


def signing_key() -> Pair:
    """A key pair for service account tokens: the public half stands in `certificate`."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Pair(key.public_key().public_bytes(*form), _pem(key))


def kubeconfig(path: Path, server: str, ca: Pair, client: Pair) -> None:
    """Write a kubeconfig of one cluster, one user and one context, all named slipway-sandbox."""
    name = "slipway-sandbox"
    cluster = {"server": server, "certificate-authority-data": _base64(ca.certificate)}
    user = {"client-certificate-data": _base64(client.certificate), "client-key-data": _base64(client.key)}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    write(path, json.dumps(document, indent=2))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    """With the extensions of RFC 5280 that Python 3.13 and later ask of a chain (VERIFY_X509_STRICT)."""
    now, subject_key = datetime.now(UTC), x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(subject_key, critical=False)
        .add_extension(authority_key, critical=False)
        .add_extension(_usage(signs_certificates=key is by), critical=True)
    )


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _signed(unsigned: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey) -> Pair:
    return Pair(unsigned.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), _pem(key))


def _subject(name: str, groups: tuple[str, ...] = ()) -> x509.Name:
    organizations = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    return x509.Name([*organizations, x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
