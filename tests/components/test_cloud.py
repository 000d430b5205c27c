from typing import Any

import pytest
from pydantic import ValidationError

from components.cloud import KUBERNETES, CloudSpec, supported
from components.errors import Mistake
from components.mistakes import mistakes
from components.node_pool import GPU_TAINT, Gpu, Machines, NodePool, Taint

SYSTEM = {"name": "system", "machine": "m1", "min": 1, "system": True}
MODELS = {"name": "models", "machine": "m1"}


class Short(CloudSpec):
    pool_name_limit = 6


def spec(kind: type[CloudSpec] = CloudSpec, **choices: Any) -> CloudSpec:
    return kind.model_validate({"node_pools": [SYSTEM, MODELS], **choices})


def messages(kind: type[CloudSpec] = CloudSpec, **choices: Any) -> list[Mistake]:
    with pytest.raises(ValidationError) as caught:
        spec(kind, **choices)
    return list(mistakes(caught.value, kind))


def test_its_pools_are_known_with_what_keeps_pods_off_and_those_that_are_said_beside_them() -> None:
    gpus = {"name": "gpus", "machine": "g1", "gpu": {"type": "l4", "count": 2}, "taints": [{"key": "night"}]}
    given = {"node_pools": [SYSTEM, gpus], "traits": {"node_pools": {"lab": {"gpu": {"type": "t4"}}}}}
    known = CloudSpec.model_validate(given).known_traits.node_pools
    assert known == {
        "system": Machines(),
        "gpus": Machines(gpu=Gpu(type="l4", count=2), taints=(Taint(key="night"), GPU_TAINT)),
        "lab": Machines(gpu=Gpu(type="t4")),
    }


@pytest.mark.parametrize("version", KUBERNETES)
def test_the_window_is_what_may_be_chosen_the_newest_first(version: str) -> None:
    assert spec(version=version).version == supported(version) == version
    assert spec().version == KUBERNETES[-1]


@pytest.mark.parametrize("wrong", ["1.32", "1.36", "1.34.1", "v1.34", "latest", ""])
def test_a_version_outside_the_window_is_refused_with_the_reason(wrong: str) -> None:
    reason = "is out of range: the add-ons of the platform share 1.33 to 1.35. Choose one of them"
    assert messages(version=wrong) == [Mistake(("version",), f"{wrong!r} {reason}")]


def test_a_version_that_yaml_takes_for_a_number_is_told_so() -> None:
    message = "must be text; got 1.34. Put it in quotes"
    assert messages(version=1.34) == [Mistake(("version",), message)]


def test_pools_keep_their_order() -> None:
    assert spec().node_pools == (NodePool.model_validate(SYSTEM), NodePool.model_validate(MODELS))


@pytest.mark.parametrize(
    ("pools", "message"),
    [
        ([SYSTEM, MODELS, MODELS], "2 node pools have the name 'models'. Rename one"),
        ([MODELS], "no node pool is for the cluster's own parts. Give one `system: true`"),
        ([], "no node pool is for the cluster's own parts. Give one `system: true`"),
        ([SYSTEM, {**MODELS, "name": "x" * 7}], "node pool 'xxxxxxx' is over 6 characters. Shorten its name"),
    ],
)
def test_pools_that_make_no_cluster_are_refused(pools: list[dict[str, Any]], message: str) -> None:
    assert messages(Short, node_pools=pools) == [Mistake((), message)]


def test_a_mistake_in_a_pool_is_found_by_its_place() -> None:
    (mistake,) = messages(node_pools=[SYSTEM, {**MODELS, "min": 4}])
    assert mistake == Mistake(("node_pools", 1), "min 4 is above max 3. Lower min or raise max")


def test_nobody_outside_may_call_the_api_server_unless_listed() -> None:
    assert spec().authorized_networks == ()
    assert spec(authorized_networks=["192.0.2.0/24"]).authorized_networks == ("192.0.2.0/24",)


def test_the_internet_is_let_in_only_where_somebody_says_so() -> None:
    (mistake,) = messages(authorized_networks=["192.0.2.0/24", "0.0.0.0/0"])
    assert mistake.message == (
        "authorized_networks has 0.0.0.0/0: anybody could call the API server. "
        "List your own networks, or say `open_to_the_internet: true`"
    )
    assert spec(authorized_networks=["0.0.0.0/0"], open_to_the_internet=True).authorized_networks == ("0.0.0.0/0",)
