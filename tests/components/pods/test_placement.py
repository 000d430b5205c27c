from typing import Any

import pytest

from components.context import Traits
from components.node_pool import GPU_TAINT, Gpu, Machines, Taint
from components.pods.placement import Placement, apart
from components.values import Resources

PLAIN, GPU = Resources(), Resources(gpus=1)
ANYWHERE = Traits()
OF_GPUS = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}


def fields(resources: Resources = PLAIN, traits: Traits = ANYWHERE, **choices: Any) -> dict[str, Any]:
    return Placement.model_validate(choices).fields(resources, traits)


def test_what_asks_for_nothing_may_run_anywhere() -> None:
    assert fields() == {}
    assert fields(traits=Traits(gpu_runtime_class="nvidia")) == {}


def test_gpus_bring_their_toleration_and_runtime() -> None:
    found = fields(GPU, Traits(gpu_runtime_class="nvidia"))
    assert found == {"runtimeClassName": "nvidia", "tolerations": [OF_GPUS]}


def test_a_pool_and_a_product_are_found_by_the_labels_of_node_pools() -> None:
    found = fields(pool="serving", gpu="nvidia-l4", node_labels={"disk": "fast"})
    assert found == {"nodeSelector": {"slipway/pool": "serving", "slipway/gpu": "nvidia-l4", "disk": "fast"}}


def test_spot_machines_of_each_cloud_are_tolerated() -> None:
    keys = {each["key"]: each for each in fields(spot=True)["tolerations"]}
    assert keys.keys() == {"cloud.google.com/gke-spot", "kubernetes.azure.com/scalesetpriority"}
    assert {(each["operator"], each["effect"]) for each in keys.values()} == {("Exists", "NoSchedule")}


SPOT_TAINT = Taint(key="kubernetes.azure.com/scalesetpriority", value="spot")
POOLS = {
    "serving": Machines(),
    "gpus": Machines(gpu=Gpu(type="nvidia-l4", count=2), taints=(GPU_TAINT,)),
    "spot": Machines(taints=(SPOT_TAINT, Taint(key="batch", effect="PreferNoSchedule"))),
}


@pytest.mark.parametrize(
    ("choices", "gpus", "told"),
    [
        ({"pool": "gpu"}, 1, "pool: this cluster has no node pool 'gpu'. Did you mean 'gpus'?"),
        ({"pool": "x"}, 0, "pool: this cluster has no node pool 'x'. Known: gpus, serving, spot"),
        ({"gpu": "nvidia-l40"}, 1, "gpu: no node pool that it may use has nvidia-l40. Did you mean 'nvidia-l4'?"),
        (
            {"gpu": "nvidia-l4", "pool": "serving"},
            0,
            "gpu: no node pool that it may use has nvidia-l4. Leave it out, or add a node pool of them",
        ),
        (
            {"pool": "gpus"},
            4,
            "pool: its machines have 2 GPUs each, and 4 are asked for. Choose another pool, or fewer GPUs",
        ),
        (
            {"pool": "gpus"},
            0,
            "pool: its machines have the taint nvidia.com/gpu. Add it to tolerations, or choose another pool",
        ),
        (
            {"pool": "spot", "tolerations": [{"key": SPOT_TAINT.key, "value": "regular"}]},
            0,
            f"pool: its machines have the taint {SPOT_TAINT.key}. Add it to tolerations, or choose another pool",
        ),
    ],
)
def test_machines_that_would_not_take_its_pods_are_refused(choices: dict[str, Any], gpus: int, told: str) -> None:
    placement = Placement.model_validate(choices)
    assert [str(each) for each in placement.mistakes(Resources(gpus=gpus), POOLS)] == [told]


@pytest.mark.parametrize(
    ("choices", "gpus"),
    [
        ({}, 0),
        ({}, 4),
        ({"pool": "serving"}, 0),
        ({"pool": "gpus", "gpu": "nvidia-l4"}, 2),
        ({"pool": "gpus", "tolerations": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}]}, 0),
        ({"pool": "spot", "spot": True}, 0),
    ],
)
def test_machines_that_take_its_pods_are_not(choices: dict[str, Any], gpus: int) -> None:
    assert list(Placement.model_validate(choices).mistakes(Resources(gpus=gpus), POOLS)) == []


def test_where_there_are_no_pools_none_is_named() -> None:
    (told,) = Placement(pool="gpus").mistakes(PLAIN, {})
    assert str(told) == "pool: this cluster has no node pool 'gpus'. Leave it out"
    assert list(Placement().mistakes(GPU, {})) == []


@pytest.mark.parametrize(
    ("said", "spelled"),
    [
        ({"key": "a"}, {"key": "a", "operator": "Exists"}),
        (
            {"key": "a", "value": "b", "effect": "NoExecute"},
            {"key": "a", "operator": "Equal", "value": "b", "effect": "NoExecute"},
        ),
    ],
)
def test_a_toleration_is_of_one_value_or_of_any(said: dict[str, str], spelled: dict[str, str]) -> None:
    assert fields(tolerations=[said], priority_class="high") == {
        "tolerations": [spelled],
        "priorityClassName": "high",
    }


@pytest.mark.parametrize(
    ("resources", "spare", "surge", "away"), [(PLAIN, False, 1, 0), (GPU, False, 0, 1), (GPU, True, 1, 0)]
)
def test_an_update_frees_the_last_gpu_before_it_asks_for_another(
    resources: Resources, spare: bool, surge: int, away: int
) -> None:
    rolling = Placement(spare_gpus=spare).strategy(resources)["rollingUpdate"]
    assert rolling == {"maxSurge": surge, "maxUnavailable": away}


def test_replicas_spread_over_zones_and_machines_where_they_can() -> None:
    found = apart({"app": "iris"})["topologySpreadConstraints"]
    assert {each["topologyKey"] for each in found} == {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}
    assert {each["whenUnsatisfiable"] for each in found} == {"ScheduleAnyway"}
    assert all(each["labelSelector"] == {"matchLabels": {"app": "iris"}} for each in found)
