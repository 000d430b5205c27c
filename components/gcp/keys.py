"""The key that a cluster's Secrets are encrypted with before they are stored."""

from typing import NamedTuple

import pulumi
from pulumi_gcp import kms, projects

from components.gcp.home import Home

NINETY_DAYS = f"{90 * 24 * 60 * 60}s"


class Key(NamedTuple):
    """`grant` is what lets GKE use the key `id`."""

    id: pulumi.Output[str]
    grant: pulumi.Resource


def for_secrets(home: Home) -> Key:
    """Its ring has a new name each time it is made: Google Cloud never lets go of one."""
    ring = kms.KeyRing(home.name, kms.KeyRingArgs(location=home.region), home.child())
    arguments = kms.CryptoKeyArgs(key_ring=ring.id, purpose="ENCRYPT_DECRYPT", rotation_period=NINETY_DAYS)
    key = kms.CryptoKey(home.name, arguments, home.child())
    gke = projects.ServiceIdentity(
        home.name, projects.ServiceIdentityArgs(service="container.googleapis.com"), home.child()
    )
    grant = kms.CryptoKeyIAMMember(
        home.name,
        kms.CryptoKeyIAMMemberArgs(
            crypto_key_id=key.id, role="roles/cloudkms.cryptoKeyEncrypterDecrypter", member=gke.member
        ),
        home.child(),
    )
    return Key(key.id, grant)
