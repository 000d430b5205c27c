"""What the providers of every cloud would say of resources that they make."""

from collections.abc import Mapping
from typing import Any

from tests.components.aws import account
from tests.components.azure import deployment
from tests.components.gcp import made

KNOWN: dict[str, Mapping[str, Any]] = {**account.KNOWN, **deployment.KNOWN, **made.KNOWN}
