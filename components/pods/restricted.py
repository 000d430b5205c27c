"""What the pods of add-ons and of models have in common."""

from typing import Any

RESTRICTED: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
"""The security context of a container that needs nothing of its node."""
WRITING = {key: value for key, value in RESTRICTED.items() if key != "readOnlyRootFilesystem"}
"""The same, of one that writes into its own file system."""
DRAIN = {"preStop": {"sleep": {"seconds": 5}}}
"""A stopping pod still answers, while its address leaves every node's routing table."""


def of_pod(user: int | None = None) -> dict[str, Any]:
    """A pod's security context: it runs as `user`, whose group owns its volumes too; None: as its image or the cluster
    says."""
    own = {} if user is None else {"runAsUser": user, "runAsGroup": user, "fsGroup": user}
    return {"runAsNonRoot": user != 0, **own, "seccompProfile": {"type": "RuntimeDefault"}}
