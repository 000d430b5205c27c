"""What a pod may do beyond what every model server may."""

from typing import Any, Self

from pydantic import Field, model_validator

from components.objects import excepted
from components.pods import restricted
from components.values import Value, Whole


class Security(Value):
    """Each departure from the restricted pod with a read-only root, and the reason for them all.

    The namespace's level of pod security still judges: `restricted` lets in neither user 0 nor any capability but
    NET_BIND_SERVICE.
    """

    reason: str = ""
    user: Whole | None = Field(default=None, ge=0, le=65535)
    """Who its processes are, its group too; 0 is root."""
    writable_root: bool = False
    capabilities: tuple[str, ...] = ()
    cluster_token: bool = False
    """Whether it finds the token of its service account, and so may ask the API server."""

    @model_validator(mode="after")
    def _is_reasoned(self) -> Self:
        if self.model_fields_set - {"reason"} and not self.reason.strip():
            raise ValueError("departs from what every model server may, and does not say why. Add its reason")
        return self

    def annotations(self) -> dict[str, str]:
        """What tells policy and a reviewer."""
        departures = {
            "pod_non_root": self.user == 0,
            "pod_read_only_root": self.writable_root,
            "pod_capabilities": bool(self.capabilities),
            "service_account_token": self.cluster_token,
        }
        reasons = {rule: self.reason for rule, departs in departures.items() if departs}
        return excepted(**reasons)["annotations"]

    def of_pod(self, assigned: bool) -> dict[str, Any]:
        """A pod's security context; `assigned` where the cluster gives each namespace its user ids."""
        chosen = None if assigned else 1000
        return restricted.of_pod(chosen if self.user is None else self.user)

    def of_container(self) -> dict[str, Any]:
        """A container's security context."""
        added = {"add": list(self.capabilities)} if self.capabilities else {}
        capabilities = {"drop": ["ALL"], **added}
        return {**restricted.RESTRICTED, "readOnlyRootFilesystem": not self.writable_root, "capabilities": capabilities}
