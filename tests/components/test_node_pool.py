from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components.node_pool import GPU_TAINT, Gpu, NodePool, Taint

LABELS = st.dictionaries(st.sampled_from(["team", "slipway/pool", "slipway/gpu", "zone"]), st.sampled_from(["a", "b"]))


def pool(**choices: Any) -> NodePool:
    return NodePool.model_validate({"name": "models", "machine": "m1", **choices})


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_a_pool_lies_between_its_bounds_or_is_refused(low: int, high: int) -> None:
    if low <= high:
        assert (pool(min=low, max=high).min, pool(min=low, max=high).max) == (low, high)
    else:
        with pytest.raises(ValidationError, match=f"min {low} is above max {high}. Lower min or raise max"):
            pool(min=low, max=high)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"system": True}, "a system pool with min 0 leaves the cluster's own parts nowhere. Use min 1 or more"),
        ({"system": True, "min": 1, "spot": True}, "a system pool of spot machines takes .* Remove spot"),
        (
            {"system": True, "min": 1, "gpu": {"type": "l4"}},
            "a system pool with GPUs wastes them. Give the GPUs a pool",
        ),
        ({"name": "Models"}, "must be lower case letters"),
        ({"machine": ""}, "at least 1 character"),
        ({"min": -1}, "greater than or equal to 0"),
        ({"max": 0}, "greater than or equal to 1"),
        ({"max": 1001}, "less than or equal to 1000"),
        ({"disk_gib": 29}, "greater than or equal to 30"),
        ({"gpu": {"type": "l4", "count": 0}}, "greater than or equal to 1"),
        ({"gpu": {"type": "l4", "count": 17}}, "less than or equal to 16"),
        ({"gpu": {"type": "NVIDIA L4"}}, "must be lower case letters"),
        ({"taints": [{"key": ""}]}, "must be a label's key"),
        ({"taints": [{"key": "a", "effect": "Never"}]}, "NoSchedule"),
        ({"architecture": "x86"}, "'amd64' or 'arm64'"),
        ({"spots": True}, "Extra inputs are not permitted"),
    ],
)
def test_what_no_cloud_can_run_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        pool(**wrong)


@given(LABELS, st.none() | st.just("l4"))
def test_its_labels_say_which_pool_and_which_gpu_whatever_else(labels: dict[str, str], gpu: str | None) -> None:
    found = pool(labels=labels, gpu=gpu and {"type": gpu}).all_labels
    assert found["slipway/pool"] == "models"
    assert found.get("slipway/gpu", labels.get("slipway/gpu")) == (gpu or labels.get("slipway/gpu"))
    assert {**labels, **found} == found


def test_machines_with_gpus_keep_other_pods_off() -> None:
    assert Taint(key="nvidia.com/gpu", value="present", effect="NoSchedule") == GPU_TAINT
    own = Taint(key="team", value="a")
    assert pool(taints=(own,), gpu=Gpu(type="l4")).all_taints == (own, GPU_TAINT)
    assert pool(taints=(GPU_TAINT, own), gpu=Gpu(type="l4")).all_taints == (GPU_TAINT, own)
    assert pool(taints=(own,)).all_taints == (own,)


def test_a_gpu_pool_may_go_to_zero() -> None:
    assert pool(gpu={"type": "l4"}).min == 0
