from typing import Any

import pytest

from components.addons.nvidia_device_plugin import SOCKETS, NvidiaDevicePlugin
from components.context import Context, Traits
from components.node_pool import Gpu, NodePool
from infra.policy import verdict
from tests.samples import by_kind

UNIT = NvidiaDevicePlugin().unit(Context())


def pod(addon: NvidiaDevicePlugin | None = None, traits: Traits | None = None) -> dict[str, Any]:
    unit = (addon or NvidiaDevicePlugin()).unit(Context(traits=traits or Traits()))
    return dict(by_kind(list(unit.objects))["DaemonSet"]["spec"]["template"]["spec"])


@pytest.fixture
def container() -> dict[str, Any]:
    (only,) = pod()["containers"]
    return dict(only)


def test_its_key_is_the_name_of_its_module_and_it_waits_for_nothing() -> None:
    assert NvidiaDevicePlugin.key() == "nvidia_device_plugin"
    assert NvidiaDevicePlugin().needs(Context()) == ()


def test_it_runs_where_a_node_pool_says_that_it_has_gpus() -> None:
    affinity = pod()["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    ((expression,),) = (term["matchExpressions"] for term in affinity["nodeSelectorTerms"])
    assert expression["operator"] == "Exists"
    assert expression["key"] in NodePool(name="gpus", machine="m1", gpu=Gpu(type="l4")).all_labels
    assert expression["key"] not in NodePool(name="cpus", machine="m1").all_labels


def test_no_taint_of_such_a_node_keeps_it_off() -> None:
    assert pod()["tolerations"] == [{"operator": "Exists"}]


def test_it_sees_the_kubelets_folder_and_no_other() -> None:
    (volume,) = pod()["volumes"]
    assert volume["hostPath"] == {"path": SOCKETS, "type": "Directory"}
    (mount,) = pod()["containers"][0]["volumeMounts"]
    assert (mount["name"], mount["mountPath"]) == (volume["name"], SOCKETS)


def test_it_is_ready_once_the_kubelet_has_its_socket(container: dict[str, Any]) -> None:
    probes = [container[f"{each}Probe"]["exec"]["command"] for each in ("startup", "readiness", "liveness")]
    assert probes == [["test", "-S", f"{SOCKETS}/nvidia-gpu.sock"]] * 3


def test_only_a_privileged_namespace_of_its_own_lets_a_folder_of_the_node_in() -> None:
    assert (UNIT.namespace.name, UNIT.namespace.pod_security) == ("nvidia-device-plugin", "privileged")


def test_it_breaks_no_rule_but_that_on_folders_of_the_node_and_that_on_root() -> None:
    found = verdict([UNIT.namespace.manifest(), *UNIT.objects])
    assert {violation.rule for violation in found.violations} == {"image-digest"}
    assert {violation.rule for violation, _ in found.excepted} == {"pod-host-paths", "pod-non-root"}


@pytest.mark.parametrize(("runtime", "said"), [("nvidia", {"runtimeClassName": "nvidia"}), (None, {})])
def test_it_runs_in_the_runtime_that_shows_it_the_gpus(runtime: str | None, said: dict[str, str]) -> None:
    found = pod(traits=Traits(gpu_runtime_class=runtime))
    assert {key: found[key] for key in found if key == "runtimeClassName"} == said


def test_image_and_resources_are_the_environments_choice() -> None:
    addon = NvidiaDevicePlugin.model_validate({"image": "example.com/plugin:1", "resources": {"memory": "64Mi"}})
    (container,) = pod(addon)["containers"]
    assert container["image"] == "example.com/plugin:1"
    assert container["resources"]["limits"]["memory"] == "64Mi"
