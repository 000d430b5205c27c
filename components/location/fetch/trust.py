"""Whom connections are believed to."""

import os
from pathlib import Path

import certifi

FOR = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
"""Where the stores' clients look for the file of the authorities that they believe."""


def trust(folder: Path) -> None:
    """Believe the authorities of variable CA_CERTIFICATES (PEM) as well, by a file in `folder`."""
    if own := os.environ.get("CA_CERTIFICATES"):
        bundle = folder / "ca.pem"
        bundle.write_text(f"{Path(certifi.where()).read_text()}\n{own}\n")
        os.environ.update(dict.fromkeys(FOR, str(bundle)))
