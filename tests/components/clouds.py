"""What the providers of every cloud would say of resources that they make."""

from typing import Any

from tests.components.aws import account
from tests.components.azure import deployment

KNOWN: dict[str, dict[str, Any]] = {**account.KNOWN, **deployment.KNOWN}
