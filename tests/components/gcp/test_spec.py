import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.errors import Invalid
from components.node_pool import NodePool
from infra import settings
from tests.components.gcp.made import EXISTING, GPUS, MODELS, NAMED, SYSTEM, spec

ROOT = Path(__file__).parents[3]
CROWDED = {"pods": "10.4.0.0/22"}
PLACE = "slipway:cluster.gke"


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"location": "us-centra1"}, f"{PLACE}.location: 'us-centra1' is no region or zone of Google Cloud. Did you m"),
        ({"location": None}, f"{PLACE}.location: must be text"),
        ({"project": "My Project"}, f"{PLACE}.project: 'My Project' must be the id of a project: 6 to 30 lower case "),
        (
            {"version": "1.30"},
            f"{PLACE}.version: '1.30' is out of range: the add-ons of the platform share 1.33 to 1.35.",
        ),
        ({"mode": "auto"}, f"{PLACE}.mode: must be one of 'standard' or 'autopilot'; got 'auto'"),
        ({"zones": ["us-east1-b"]}, f"{PLACE}: zone 'us-east1-b' is not in us-central1. Did you mean 'us-"),
        (
            {"location": "us-central1-a", "zones": ["us-central1-b"]},
            f"{PLACE}: location us-central1-a is one zone. Remove zones, or make location us-central1",
        ),
        ({"network": {"pods": "10.0.0.0/14"}}, f"{PLACE}.network: nodes 10.0.0.0/20 and pods 10.0.0.0/14 overlap."),
        ({"network": {"pods": "10.4.0.0"}}, f"{PLACE}: pods 10.4.0.0/32 is room for 0 machines, and the pools may hav"),
        (
            {"network": CROWDED},
            f"{PLACE}: pods 10.4.0.0/22 is room for 4 machines, and the pools may have 10 while they upgrade. Use a la",
        ),
        (
            {"network": CROWDED, "existing_network": EXISTING},
            f"{PLACE}: network and existing_network exclude each other. Keep one",
        ),
        (
            {"existing_network": {**EXISTING, "network": "a/b"}},
            f"{PLACE}.existing_network.network: 'a/b' must be a name, or projects/PROJECT/global/networks/NAME",
        ),
        (
            {"authorized_networks": ["0.0.0.0/0"]},
            f"{PLACE}: authorized_networks has 0.0.0.0/0: anybody could call the API server. List your own networks",
        ),
        ({"node_pools": [MODELS]}, f"{PLACE}: no node pool is for the cluster's own parts. Give one `system: true`"),
        ({"node_pools": [SYSTEM, SYSTEM]}, f"{PLACE}: 2 node pools have the name 'system'. Rename one"),
        (
            {"node_pools": [{**SYSTEM, "name": "a" * 41}]},
            f"{PLACE}: node pool {'a' * 41!r} is over 40 characters. Shorten its name",
        ),
        ({"node_pools": [{**SYSTEM, "name": "My_Pool"}]}, f"{PLACE}.node_pools[0].name: 'My_Pool' must be lower case"),
        (
            {"node_pools": [{**SYSTEM, "min": 4}]},
            f"{PLACE}.node_pools[0]: min 4 is above max 3. Lower min or raise max",
        ),
        ({"node_pools": [{**SYSTEM, "spot": True}]}, f"{PLACE}.node_pools[0]: a system pool of spot machines takes th"),
        (
            {"node_pools": [SYSTEM, {**MODELS, "gpu": {"type": "nvidia-l4"}}]},
            f"{PLACE}: node pool 'models': n2-standard-4 has no GPU. Remove gpu, or choose another machine",
        ),
        (
            {"node_pools": [SYSTEM, {**MODELS, "machine": "c4a-standard-4"}]},
            f"{PLACE}: node pool 'models': c4a-standard-4 is arm64, not amd64. Say `architecture: arm64`",
        ),
        (
            {"mode": "autopilot", "node_pools": [SYSTEM]},
            f"{PLACE}: an Autopilot cluster brings its own machines. Remove node_pools, or mode",
        ),
        ({"zone": "us-central1-a"}, f"{PLACE}.zone: unknown key. Did you mean 'zones'?"),
    ],
)
def test_a_mistake_is_refused_with_place_fact_and_cure(chosen: dict[str, Any], message: str) -> None:
    with pytest.raises(Invalid) as caught:
        settings.target("gke", {"cluster": {"gke": {**NAMED, **chosen}}})
    (mistake,) = str(caught.value).splitlines()
    assert mistake[: len(message)] == message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("my.lab", "'slipway-my.lab', and Google allows lower case letters, digits and '-'. Rename the environment"),
        ("Lab", "'slipway-Lab', and Google allows lower case letters"),
        ("x" * 23, f"'slipway-{'x' * 23}', and 30 characters are allowed. Shorten the environment's name"),
    ],
)
def test_an_environment_that_gives_no_cluster_a_name_is_refused(name: str, message: str) -> None:
    expected = f"slipway:cluster: environment {name!r}: its cluster would be called {message}"
    with pytest.raises(Invalid, match=re.escape(expected)):
        settings.target(name, {"cluster": {"gke": NAMED}})


def test_the_example_says_the_defaults() -> None:
    found = settings.from_file("gke", ROOT).cluster.spec
    assert found.model_dump() == spec().model_dump()


def test_everything_that_the_default_is_charged_for_has_a_price() -> None:
    prices = yaml.safe_load((ROOT / "infra/prices/gke.yaml").read_text())["prices"]
    assert {charge.what for charge in spec().bill()} == set(prices)


def test_a_bill_counts_each_pool_at_its_least() -> None:
    scarce = NodePool.model_validate({**MODELS, "machine": "n1-standard-8", "min": 2, "spot": True,
                                      "gpu": {"type": "nvidia-tesla-t4", "count": 2}})  # fmt: skip
    amounts: Counter[str] = Counter()
    for what, quantity in spec(node_pools=[SYSTEM, GPUS, scarce]).bill():
        amounts[what] += int(quantity)
    assert amounts == {
        "control plane hour": 730,
        "load balancer rule hour": 730,
        "KMS key version month": 1,
        "NAT address hour": 730,
        "e2-standard-4 hour": 730,
        "n1-standard-8 spot hour": 1460,
        "nvidia-tesla-t4 spot hour": 2920,
        "pd-balanced GiB month": 300,
        "NAT machine hour": 2190,
    }
    assert "NAT machine hour" not in dict(spec(existing_network=EXISTING).bill())


@pytest.mark.parametrize(
    ("chosen", "word"),
    [
        ({}, "cloudresourcemanager"),
        ({}, "application-default login"),
        ({"node_pools": [SYSTEM, GPUS]}, "gpus: quota of us-central1 for nvidia-l4"),
        ({"existing_network": EXISTING}, "corp-us: needs Private Google Access and Cloud NAT"),
    ],
)
def test_what_stops_a_first_up_is_said_beforehand(chosen: dict[str, Any], word: str) -> None:
    assert sum(word in caution for caution in spec(**chosen).cautions()) == 1
