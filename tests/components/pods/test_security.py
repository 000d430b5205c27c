from typing import Any

import pytest
from pydantic import ValidationError

from components.pods.restricted import RESTRICTED
from components.pods.security import Security

WHY = "its image starts as root and binds port 80"


def test_without_a_word_nothing_departs() -> None:
    plain = Security()
    assert plain.of_container() == RESTRICTED
    assert plain.of_pod(assigned=True) == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert plain.of_pod(assigned=False)["runAsUser"] == 1000
    assert plain.annotations() == {}


def test_root_is_said_to_be_root_wherever_users_come_from() -> None:
    root = Security(reason=WHY, user=0)
    for assigned in (True, False):
        found = root.of_pod(assigned)
        assert (found["runAsUser"], found["runAsGroup"], found["fsGroup"]) == (0, 0, 0)
        assert found["runAsNonRoot"] is False


def test_a_departure_tells_its_reason_and_leaves_the_rest_as_it_was() -> None:
    departs = Security(reason=WHY, writable_root=True, capabilities=("NET_BIND_SERVICE",))
    rules = ("pod-read-only-root", "pod-capabilities")
    assert departs.annotations() == {f"policy.slipway/{rule}": WHY for rule in rules}
    assert departs.of_container() == {
        **RESTRICTED,
        "readOnlyRootFilesystem": False,
        "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
    }
    assert RESTRICTED["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize(
    "departure", [{"user": 0}, {"writable_root": True}, {"capabilities": ["SYS_NICE"]}, {"cluster_token": True}]
)
@pytest.mark.parametrize("reason", ["", "  "])
def test_a_departure_without_a_reason_is_refused(departure: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match="does not say why"):
        Security.model_validate({**departure, "reason": reason})
