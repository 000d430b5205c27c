import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import ValidationError

from components.cloud import KUBERNETES
from components.clusters.k3d import CREATE, DELETE, K3d
from components.context import Traits
from components.errors import Invalid
from infra import settings
from tests.components.deployed import KUBECONFIG, Deployed, deploy, revealed

ARTICLE = """k3d cluster create --k3s-arg "--disable=traefik@server:0" --api-port 6443 --port 8080:80@loadbalancer
--port 8443:443@loadbalancer --servers-memory=8G"""
"""How people create this cluster by hand (Seldon Core's quick start on k3d)."""

CHOICES: list[dict[str, Any]] = [
    {},
    {"servers": 3, "agents": 2, "server_memory": "4G", "api_port": 7000, "http_port": 80, "https_port": 443},
    {"mirrors": {"docker.io": ["https://mirror.example.com", "https://other.example.com"]}},
    {"image": "docker.io/rancher/k3s:v1.35.0-k3s1"},
]


@pytest.fixture
def deployed() -> Deployed:
    return deploy(lambda: K3d("dev", K3d.Spec()))


def options(command: str) -> dict[str, set[str]]:
    words = shlex.split(command)
    found: dict[str, set[str]] = {}
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word.startswith("--"):
            name, equals, value = word.removeprefix("--").partition("=")
            found.setdefault(name, set()).add(value if equals else following)
    return found


@pytest.mark.parametrize("choices", CHOICES)
def test_the_config_file_is_one_that_k3d_reads(shared: Path, choices: dict[str, Any]) -> None:
    schema = json.loads((shared / "k3d-v1alpha5.schema.json").read_text())
    config = K3d.Spec.model_validate(choices).config("slipway-dev")
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(config)


def test_the_schema_of_k3d_refuses_what_it_does_not_know(shared: Path) -> None:
    schema = json.loads((shared / "k3d-v1alpha5.schema.json").read_text())
    config = K3d.Spec().config("slipway-dev")
    config["options"]["k3s"]["extraArg"] = []
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(config)


def test_the_defaults_are_what_people_type_by_hand() -> None:
    typed, config = options(ARTICLE), K3d.Spec().config("slipway-dev")
    disabled = {argument["arg"] for argument in config["options"]["k3s"]["extraArgs"]}
    assert {argument.partition("@")[0] for argument in typed["k3s-arg"]} <= disabled
    assert {config["kubeAPI"]["hostPort"]} == typed["api-port"]
    leads = {str(node): str(port) for port, node in K3d.Spec().traits.node_ports.items()}
    published = [(*port["port"].split(":"), port["nodeFilters"][0]) for port in config["ports"]]
    assert {f"{here}:{leads[node]}@{filter}" for here, node, filter in published} == typed["port"]
    assert {config["options"]["runtime"]["serversMemory"]} == typed["servers-memory"]


def test_the_load_balancer_of_k3s_gives_way_on_every_server() -> None:
    arguments = K3d.Spec(servers=3).config("x")["options"]["k3s"]["extraArgs"]
    assert {"arg": "--disable=servicelb", "nodeFilters": ["server:*"]} in arguments


def test_the_users_own_kubeconfig_is_left_alone() -> None:
    kubeconfig = K3d.Spec().config("x")["options"]["kubeconfig"]
    assert kubeconfig == {"updateDefaultKubeconfig": False, "switchCurrentContext": False}


def test_mirrors_are_said_as_containerd_reads_them() -> None:
    spec = K3d.Spec(mirrors={"docker.io": ("https://mirror.example.com",)})
    registries = yaml.safe_load(spec.config("x")["registries"]["config"])
    assert registries == {"mirrors": {"docker.io": {"endpoint": ["https://mirror.example.com"]}}}


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize(
    "image", ["docker.io/rancher/k3s:v{}.4-k3s1", f"localhost:5000/k3s:v{{}}.4-rc1-k3s2@sha256:{'0a' * 32}"]
)
def test_an_image_of_each_supported_version_will_do(image: str, version: str) -> None:
    assert K3d.Spec(image=image.format(version)).image == image.format(version)


def test_the_default_image_is_of_the_newest_supported_version() -> None:
    assert f":v{KUBERNETES[-1]}." in K3d.Spec().image


def refusal(name: str = "dev", **choices: Any) -> str:
    """What an environment is told that chooses so."""
    with pytest.raises(Invalid) as caught:
        settings.target(name, {"cluster": {"k3d": choices}})
    return str(caught.value)


UNSUPPORTED = "is out of range: the add-ons of the platform share 1.33 to 1.35. Choose one of them"
UNKNOWN = "does not say its Kubernetes version. Use a tag such as v1.35.5-k3s1"


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        *((":v1.32.9-k3s1", UNSUPPORTED), (":v1.36.0-k3s1", UNSUPPORTED), (":v1.3.35-k3s1", UNSUPPORTED)),
        *((":stable", UNKNOWN), (":v1.35", UNKNOWN), (f"@sha256:{'0a' * 32}", UNKNOWN)),
    ],
)
def test_an_image_outside_the_window_is_refused_with_the_reason(tag: str, message: str) -> None:
    image = f"rancher/k3s{tag}"
    assert refusal(image=image) == f"slipway:cluster.k3d.image: {image!r:.80} {message}"


def test_a_name_that_k3d_refuses_is_refused_before_it_is_asked() -> None:
    fits = "x" * (32 - len("slipway-"))
    assert settings.target(fits, {"cluster": {"k3d": None}}).name == fits
    assert refusal(f"{fits}x") == (
        f"slipway:cluster: environment '{fits}x': its cluster would be called 'slipway-{fits}x', "
        "and 32 characters are allowed. Shorten the environment's name"
    )


def test_the_network_of_the_nodes_is_fixed_so_that_its_top_can_be_given_away() -> None:
    assert K3d.Spec().config("x")["subnet"] == K3d.Spec().traits.node_network == "172.25.0.0/16"
    assert K3d.Spec(traits=Traits(node_network="10.9.0.0/24")).config("x")["subnet"] == "10.9.0.0/24"
    assert "subnet" not in K3d.Spec(traits=Traits()).config("x"), "Docker chooses"


def test_ports_lead_to_the_same_port_of_nodes_where_no_other_is_said() -> None:
    ports = K3d.Spec(traits=Traits()).config("x")["ports"]
    assert [each["port"] for each in ports] == ["8080:80", "8443:443"]


@pytest.mark.parametrize("servers", [2, 4, 6])
def test_an_even_number_of_servers_is_refused(servers: int) -> None:
    with pytest.raises(ValidationError, match="servers keep a quorum only in odd numbers"):
        K3d.Spec(servers=servers)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"servers": 0}, {"servers": 9}, {"agents": -1}, {"api_port": 0}, {"http_port": 65536}, {"https_port": -1}),
        *({"server_memory": "0"}, {"server_memory": "lots"}, {"image": "docker.io/rancher/k3s:latest"}, {"agent": 1}),
    ],
)
def test_what_k3d_cannot_do_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        K3d.Spec.model_validate(wrong)


def test_one_port_for_two_purposes_is_refused() -> None:
    with pytest.raises(ValidationError, match="port 8080 is given 2 times"):
        K3d.Spec(api_port=8080)


def test_the_ports_to_be_free_are_those_of_the_config_file() -> None:
    spec = K3d.Spec(api_port=1, http_port=2, https_port=3)
    config = spec.config("x")
    said = {config["kubeAPI"]["hostPort"], *(port["port"].partition(":")[0] for port in config["ports"])}
    assert said == {str(port) for port in spec.ports()}


def test_the_command_gets_the_config_file_and_the_name(deployed: Deployed) -> None:
    command = deployed.one("command:local:Command")
    assert command.inputs["environment"] == {"NAME": "slipway-dev"}
    assert yaml.safe_load(command.inputs["stdin"]) == K3d.Spec().config("slipway-dev")
    assert (command.inputs["create"], command.inputs["delete"]) == (CREATE, DELETE)


def test_a_changed_config_makes_a_new_cluster_after_the_old_one_is_gone(deployed: Deployed) -> None:
    request = deployed.one("command:local:Command").request
    assert "stdin" in request.replaceOnChanges
    assert request.deleteBeforeReplace is True


def test_the_kubeconfig_is_the_commands_secret_output(deployed: Deployed) -> None:
    command, provider = deployed.one("command:local:Command"), deployed.one("pulumi:providers:kubernetes")
    assert list(command.request.additionalSecretOutputs) == ["stdout"]
    assert command.inputs["logging"] == "none"
    assert revealed(provider.inputs["kubeconfig"]) == KUBECONFIG
    assert list(provider.request.dependencies) == [command.urn]


def test_command_and_provider_belong_to_the_cluster(deployed: Deployed) -> None:
    for type in ("command:local:Command", "pulumi:providers:kubernetes"):
        assert deployed.one(type).parent == "slipway:index:K3d::dev"


def test_it_serves_metrics_and_volumes_by_itself() -> None:
    assert K3d.Spec().traits.metrics_api is True
    assert K3d.Spec().traits.storage_class == "local-path"


def test_volumes_of_many_nodes_load_balancers_identities_and_gpus_are_not_there_by_themselves() -> None:
    traits = K3d.Spec().traits
    assert (traits.shared_storage_class, traits.store_schemes) == (None, ())
    assert not traits.load_balancer
    assert not traits.gpu_devices


def test_the_example_of_its_page_is_right_and_the_page_names_its_defaults(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "clusters" / "k3d.md").read_text()
    (tmp_path / "Pulumi.dev.yaml").write_text(page.partition("```yaml\n")[2].partition("```")[0])
    target = settings.from_file("dev", tmp_path)
    assert target.cluster.kind is K3d
    assert target.cluster.spec.model_fields_set == {"agents", "server_memory", "mirrors"}
    assert f"`{K3d.Spec().image.removeprefix('docker.io/')}`" in page


def test_no_cloud_sends_a_bill() -> None:
    assert K3d.Spec().bill() == ()


K3D = """
echo "k3d $*" >>"$NOTES"
case "$1 $2" in
  "cluster get") test -n "$EXISTS" ;;
  "cluster create") cat "$4" >>"$NOTES" ;;
  "kubeconfig get") echo "apiVersion: v1" ;;
esac
"""
DOCKER = """
echo "docker $*" >>"$NOTES"
echo "$OURS"
exit "$DOCKER"
"""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder for PATH with stand-ins for k3d and docker, which note what they are asked."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, script in (("k3d", K3D), ("docker", DOCKER)):
        (folder / name).write_text(f"#!/bin/sh\n{script}")
        (folder / name).chmod(0o755)
    return folder


def run(tools: Path, script: str = CREATE, **state: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """The script that creates or deletes the cluster, and what it has asked of k3d and docker."""
    notes = tools / "notes"
    environment = {
        "PATH": f"{tools}:/usr/bin:/bin",
        "NOTES": str(notes),
        "NAME": "slipway-dev",
        "EXISTS": "",
        "OURS": "",
        "DOCKER": "0",
    }
    done = subprocess.run(
        ["/bin/sh", "-c", script], env={**environment, **state}, input="kind: Simple\n", capture_output=True, text=True
    )
    return done, notes.read_text()


def test_a_cluster_that_is_not_there_is_created_as_configured(tools: Path) -> None:
    done, notes = run(tools)
    assert (done.returncode, done.stdout) == (0, "apiVersion: v1\n")
    assert "k3d cluster create --config" in notes
    assert "kind: Simple" in notes


def test_a_cluster_of_an_interrupted_run_is_taken_up(tools: Path) -> None:
    done, notes = run(tools, EXISTS="yes", OURS="0123abc")
    assert (done.returncode, done.stdout) == (0, "apiVersion: v1\n")
    assert "k3d cluster start slipway-dev --wait" in notes
    assert "cluster create" not in notes
    assert "--filter label=k3d.cluster=slipway-dev --filter label=slipway\n" in notes


def test_a_cluster_that_somebody_made_by_hand_is_refused_and_left_alone(tools: Path) -> None:
    done, notes = run(tools, EXISTS="yes")
    assert done.returncode == 1
    assert "k3d cluster 'slipway-dev' exists and Slipway did not make it. Delete it, or choose" in done.stderr
    assert "start" not in notes
    assert done.stdout == ""


def test_what_slipway_made_is_deleted(tools: Path) -> None:
    done, notes = run(tools, DELETE, OURS="0123abc")
    assert done.returncode == 0
    assert "--filter label=k3d.cluster=slipway-dev --filter label=slipway\n" in notes
    assert "k3d cluster delete slipway-dev\n" in notes


def test_what_somebody_made_since_is_not_deleted(tools: Path) -> None:
    done, notes = run(tools, DELETE, EXISTS="yes")
    assert done.returncode == 0
    assert "nothing is deleted" in done.stderr
    assert "k3d cluster" not in notes


def test_where_docker_does_not_answer_nothing_counts_as_deleted(tools: Path) -> None:
    done, notes = run(tools, DELETE, DOCKER="1")
    assert done.returncode == 1
    assert "k3d cluster" not in notes
