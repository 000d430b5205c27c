"""What the containers of add-ons and of models have in common."""

from typing import Any

RESTRICTED: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
"""The security context of a container that needs nothing of its node."""
DRAIN = {"preStop": {"sleep": {"seconds": 5}}}
"""A stopping pod still answers, while its address leaves every node's routing table."""
