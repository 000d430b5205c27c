"""Keys and certificates of the cluster, as https://kubernetes.io/docs/setup/best-practices/certificates/ lists them."""

import shutil
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=365)
RENEW_BEFORE = timedelta(days=30)
AUTHORITIES = ("ca", "etcd-ca", "front-proxy-ca")
LOCAL = ("localhost", "127.0.0.1")


class Leaf(NamedTuple):
    """A certificate to be issued: `user` and `group` are what the API server reads from it."""

    authority: str
    user: str
    group: str = ""
    names: tuple[str, ...] = ()
    """DNS names and IP addresses; a certificate with none is a client's."""


class Pair(NamedTuple):
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def leaves(node: str, node_address: IPv4Address, api_service: IPv4Address) -> dict[str, Leaf]:
    """Every certificate of the cluster but the authorities, by the name of its file."""
    address = str(node_address)
    api_names = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")
    return {
        "etcd": Leaf("etcd-ca", "etcd", names=LOCAL),
        "etcd-client": Leaf("etcd-ca", "kube-apiserver"),
        "front-proxy-client": Leaf("front-proxy-ca", "front-proxy-client"),
        "kube-apiserver": Leaf("ca", "kube-apiserver", names=(*api_names, *LOCAL, address, str(api_service))),
        "kube-apiserver-kubelet-client": Leaf("ca", "kube-apiserver-kubelet-client"),
        "kubelet-server": Leaf("ca", f"system:node:{node}", "system:nodes", (node, address)),
        "control-plane-server": Leaf("ca", "control-plane", names=(*LOCAL, address)),
        "admin": Leaf("ca", "kubernetes-admin", "system:masters"),
        "kubelet": Leaf("ca", f"system:node:{node}", "system:nodes"),
        "kube-controller-manager": Leaf("ca", "system:kube-controller-manager"),
        "kube-scheduler": Leaf("ca", "system:kube-scheduler"),
        "kube-proxy": Leaf("ca", "system:kube-proxy"),
    }


def ensure(folder: Path, wanted: dict[str, Leaf], now: datetime | None = None) -> bool:
    """Fill `folder` with NAME.crt and NAME.key, unless it holds all of `wanted`, good for a month; whether it did.

    The folder appears complete or not at all: it is written beside, then renamed.
    """
    now = now or datetime.now(UTC)
    if _good(folder, wanted, now):
        return False
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    _fill(fresh, wanted, now)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return True


def _fill(folder: Path, wanted: dict[str, Leaf], now: datetime) -> None:
    authorities = {name: _authority(name, now) for name in AUTHORITIES}
    for name, pair in authorities.items():
        _write(folder, name, pair)
    for name, leaf in wanted.items():
        _write(folder, name, issue(leaf, authorities[leaf.authority], now))
    _write_key(folder / "service-account.key", ec.generate_private_key(ec.SECP256R1()))


def _authority(name: str, now: datetime) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"slipway-{name}")])
    usage = dict.fromkeys(_USAGES, False) | {"digital_signature": True, "key_cert_sign": True, "crl_sign": True}
    builder = _builder(subject, subject, key, now).add_extension(x509.KeyUsage(**usage), critical=True)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return Pair(builder.sign(key, hashes.SHA256()), key)


_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def issue(leaf: Leaf, authority: Pair, now: datetime) -> Pair:
    """A fresh key and its certificate, signed by `authority`: for a server where the leaf has names, and a client."""
    key = ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, leaf.user)]
    if leaf.group:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, leaf.group))
    builder = _builder(x509.Name(attributes), authority.certificate.subject, key, now)
    usage = dict.fromkeys(_USAGES, False) | {"digital_signature": True}
    builder = builder.add_extension(x509.KeyUsage(**usage), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage(_purposes(leaf)), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(identifier, critical=False)
    if leaf.names:
        names = x509.SubjectAlternativeName([_general_name(name) for name in leaf.names])
        builder = builder.add_extension(names, critical=False)
    return Pair(builder.sign(authority.key, hashes.SHA256()), key)


def _purposes(leaf: Leaf) -> list[x509.ObjectIdentifier]:
    server = [ExtendedKeyUsageOID.SERVER_AUTH] if leaf.names else []
    return [*server, ExtendedKeyUsageOID.CLIENT_AUTH]


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    # Clocks of virtual machines jump back: a certificate from the future stops the cluster.
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + LIFETIME)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(folder: Path, name: str, pair: Pair) -> None:
    (folder / f"{name}.crt").write_bytes(pair.certificate.public_bytes(serialization.Encoding.PEM))
    _write_key(folder / f"{name}.key", pair.key)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(*form))


def _good(folder: Path, wanted: dict[str, Leaf], now: datetime) -> bool:
    if not (folder / "service-account.key").is_file():
        return False
    return all(_serves(folder / f"{name}.crt", leaf, now) for name, leaf in wanted.items())


def _serves(path: Path, leaf: Leaf, now: datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return False
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if not found or found[0].value != leaf.user or certificate.not_valid_after_utc - now < RENEW_BEFORE:
        return False
    return _names(certificate) == {_general_name(name) for name in leaf.names}


def _names(certificate: x509.Certificate) -> set[x509.GeneralName]:
    try:
        return set(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return set()
