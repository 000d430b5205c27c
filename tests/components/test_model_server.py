from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components.addons.metrics_server import MetricsServer
from components.addons.nvidia_device_plugin import NvidiaDevicePlugin
from components.context import Context, Conventions, Opening, Traits
from components.location.artefact import CONFIG_MAP_LIMIT, Files
from components.model import MODELS_FOLDER
from components.model_server import ModelServer
from components.pods.probe import Probe
from components.pods.server import Server
from components.unit import KubernetesObject, Namespace
from tests.samples import by_kind

CONTEXT = Context(conventions=Conventions(models=Namespace(name="ml")))
SERVER = Server(
    image="registry.example.com/echo:1",
    command=("echo", MODELS_FOLDER),
    env={"HOME": "/tmp"},
    ports={"http": 9000, "grpc": 9001, "metrics": 9002},
    startup=Probe(path="/loaded"),
    ready=Probe(path="/ready"),
    live=Probe(path="/live"),
)
SCALED: dict[str, Any] = {"autoscaling": {"min_replicas": 1, "max_replicas": 4}}


class Echo(ModelServer):
    process: Server = SERVER
    padding: int = 0

    def server(self) -> Server:
        return self.process

    def files(self) -> Files:
        return {"settings.json": "{}", "echo/weights": b"x" * self.padding}


def echo(**choices: Any) -> Echo:
    return Echo.model_validate({"name": "echo", "owner": "science", **choices})


def objects(**choices: Any) -> dict[str, KubernetesObject]:
    return by_kind(echo(**choices).objects(CONTEXT))


def container(**choices: Any) -> dict[str, Any]:
    (only,) = pod(**choices)["containers"]
    return dict(only)


def pod(**choices: Any) -> dict[str, Any]:
    return dict(objects(**choices)["Deployment"]["spec"]["template"]["spec"])


def test_every_object_is_in_the_namespace_of_models_with_the_labels_of_the_stack() -> None:
    for each in objects(**SCALED).values():
        assert each["metadata"]["namespace"] == "ml"
        assert each["metadata"]["labels"] == echo().labels


def test_the_selectors_of_all_objects_pick_its_pods() -> None:
    found = objects(replicas=3)
    labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    selectors = (
        found["Deployment"]["spec"]["selector"]["matchLabels"],
        found["Service"]["spec"]["selector"],
        found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
        found["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
    )
    for selector in selectors:
        assert selector == echo().selector
        assert selector.items() <= labels.items()


@pytest.mark.parametrize(
    ("choices", "more"),
    [
        ({}, set()),
        ({"replicas": 2}, {"PodDisruptionBudget"}),
        ({"autoscaling": {"max_replicas": 1}}, {"HorizontalPodAutoscaler"}),
        ({"autoscaling": {"max_replicas": 2}}, {"HorizontalPodAutoscaler", "PodDisruptionBudget"}),
    ],
)
def test_a_budget_and_an_autoscaler_come_only_where_replicas_call_for_them(
    choices: dict[str, Any], more: set[str]
) -> None:
    always = {"ConfigMap", "ServiceAccount", "NetworkPolicy", "Deployment", "Service"}
    assert objects(**choices).keys() == always | more


def test_replicas_are_said_by_one_only() -> None:
    assert objects(replicas=3)["Deployment"]["spec"]["replicas"] == 3
    assert "replicas" not in objects(**SCALED)["Deployment"]["spec"]


def test_the_autoscaler_scales_this_deployment() -> None:
    found = objects(**SCALED)
    assert found["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == found["Deployment"]["metadata"]["name"]


def test_replicas_beside_autoscaling_are_refused() -> None:
    with pytest.raises(ValidationError, match="replicas and autoscaling exclude each other"):
        echo(replicas=2, **SCALED)


def test_autoscaling_may_be_taken_away_again() -> None:
    assert echo(replicas=2, autoscaling=None).replicas == 2


@pytest.mark.parametrize(
    "wrong", [{"replicas": 0}, {"replicas": -1}, {"startup_seconds": 9}, {"startup_seconds": 3601}]
)
def test_numbers_out_of_bounds_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="than_equal"):
        echo(**wrong)


def test_autoscaling_needs_metrics_where_the_cluster_serves_none() -> None:
    assert echo(**SCALED).needs(Context()) == (MetricsServer,)
    assert echo(**SCALED).needs(Context(traits=Traits(metrics_api=True))) == ()
    assert echo(replicas=2).needs(Context()) == ()


def test_the_pod_keeps_the_restricted_standard() -> None:
    context, server = pod()["securityContext"], container()["securityContext"]
    assert context["runAsNonRoot"] is True
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert server["allowPrivilegeEscalation"] is False
    assert server["capabilities"] == {"drop": ["ALL"]}
    assert server["readOnlyRootFilesystem"] is True


def test_the_pod_gets_no_credentials_of_the_cluster() -> None:
    assert pod()["automountServiceAccountToken"] is False
    assert objects()["ServiceAccount"]["automountServiceAccountToken"] is False
    assert pod()["serviceAccountName"] == objects()["ServiceAccount"]["metadata"]["name"]


def test_the_server_runs_as_its_runtime_says() -> None:
    server = container()
    assert server["image"] == SERVER.image
    assert server["command"] == ["echo", MODELS_FOLDER]
    assert server["env"] == [{"name": "HOME", "value": "/tmp"}]
    assert {port["name"]: port["containerPort"] for port in server["ports"]} == SERVER.ports


def test_the_models_are_mounted_read_only_where_the_server_reads_them() -> None:
    mounts = {mount["name"]: mount for mount in container()["volumeMounts"]}
    assert mounts["models"] == {"name": "models", "mountPath": MODELS_FOLDER, "readOnly": True}
    volumes = {volume["name"]: volume for volume in pod()["volumes"]}
    assert volumes["models"]["configMap"]["name"] == objects()["ConfigMap"]["metadata"]["name"]
    assert {item["path"] for item in volumes["models"]["configMap"]["items"]} == echo().files().keys()
    assert mounts.keys() == volumes.keys()


def test_a_changed_model_rolls_the_pods() -> None:
    assert pod(padding=1)["volumes"] != pod(padding=2)["volumes"]


@pytest.mark.parametrize("seconds", [10, 11, 300, 3600])
def test_a_replica_may_load_as_long_as_it_says(seconds: int) -> None:
    probe = container(startup_seconds=seconds)["startupProbe"]
    assert seconds - probe["periodSeconds"] < probe["failureThreshold"] * probe["periodSeconds"] <= seconds + 1
    assert objects(startup_seconds=seconds)["Deployment"]["spec"]["progressDeadlineSeconds"] > seconds


def test_ready_means_that_the_models_are_loaded() -> None:
    server = container()
    assert server["startupProbe"]["httpGet"] == {"path": "/loaded", "port": "http"}
    assert server["readinessProbe"]["httpGet"] == {"path": "/ready", "port": "http"}
    assert server["livenessProbe"]["httpGet"] == {"path": "/live", "port": "http"}


def test_a_rolling_update_never_has_fewer_replicas_and_drains_what_it_stops() -> None:
    strategy = objects()["Deployment"]["spec"]["strategy"]
    assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    pause = container()["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert 0 < pause < pod().get("terminationGracePeriodSeconds", 30)


def test_every_port_is_reached_through_the_service_and_let_in() -> None:
    ports = {port["name"]: port for port in objects()["Service"]["spec"]["ports"]}
    assert {name: port["targetPort"] for name, port in ports.items()} == {name: name for name in SERVER.ports}
    assert {name: port["port"] for name, port in ports.items()} == {"http": 80, "grpc": 9001, "metrics": 9002}
    (rule,) = objects()["NetworkPolicy"]["spec"]["ingress"]
    assert {port["port"] for port in rule["ports"]} == SERVER.ports.keys()


def test_the_model_calls_nobody() -> None:
    spec = objects()["NetworkPolicy"]["spec"]
    assert "Egress" in spec["policyTypes"]
    assert "egress" not in spec


def test_metrics_are_scraped_where_the_runtime_has_a_port_for_them() -> None:
    annotations = objects()["Deployment"]["spec"]["template"]["metadata"]["annotations"]
    assert annotations == {
        "prometheus.io/scrape": "true",
        "prometheus.io/path": "/metrics",
        "prometheus.io/port": "9002",
    }
    silent = SERVER.model_copy(update={"ports": {"http": 9000}})
    template = objects(process=silent)["Deployment"]["spec"]["template"]
    assert "prometheus.io/scrape" not in template["metadata"].get("annotations", {})


def test_a_model_that_fills_the_config_map_is_taken_and_one_byte_more_refused() -> None:
    settings = len("{}")
    echo(padding=CONFIG_MAP_LIMIT - settings)
    with pytest.raises(ValidationError, match="its files are 1,048,577 bytes, a ConfigMap holds 1,048,576"):
        echo(padding=CONFIG_MAP_LIMIT - settings + 1)


def test_no_two_objects_share_a_part_that_an_edit_of_one_would_change_in_the_other(tmp_path: Path) -> None:
    found = echo(replicas=2).objects(CONTEXT)
    labels = [id(each["metadata"]["labels"]) for each in found]
    assert len(set(labels)) == len(found)


READS: dict[str, Any] = {"reads": ["s3://models/echo"]}
GPU: dict[str, Any] = {"resources": {"gpus": 2}}
AGENT = Opening(cidr="169.254.170.23/32", port=80)
CLOUD = Traits(store_schemes=("s3",), identity_labels={"cloud/identity": "true"}, identity_endpoints=(AGENT,))


def on(traits: Traits, **choices: Any) -> dict[str, KubernetesObject]:
    return by_kind(echo(**choices).objects(Context(traits=traits)))


def pod_on(traits: Traits, **choices: Any) -> dict[str, Any]:
    return dict(on(traits, **choices)["Deployment"]["spec"]["template"]["spec"])


def egress(traits: Traits, **choices: Any) -> list[tuple[str | None, str, int]]:
    """Each address (None is any), protocol and port that the model may call."""
    rules = on(traits, **choices)["NetworkPolicy"]["spec"].get("egress", [])
    return [
        (target and target["ipBlock"]["cidr"], port["protocol"], port["port"])
        for rule in rules
        for target in rule.get("to", [None])
        for port in rule["ports"]
    ]


NAMES_AND_HTTPS = [(None, "UDP", 53), (None, "TCP", 53), (None, "TCP", 443)]


def test_a_model_that_reads_a_store_calls_names_https_and_who_gives_it_its_identity() -> None:
    assert egress(CLOUD, **READS) == [*NAMES_AND_HTTPS, ("169.254.170.23/32", "TCP", 80)]


def test_a_model_that_reads_by_a_secret_does_not_ask_for_an_identity() -> None:
    assert egress(CLOUD, reads=["gs://models"], credentials="keys") == NAMES_AND_HTTPS
    assert egress(Traits(), **READS, credentials="keys") == NAMES_AND_HTTPS


MINIO = Context(conventions=Conventions(s3_endpoint="http://minio.storage.svc:9000"))
STORAGE = {"to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "storage"}}}]}


@pytest.mark.parametrize(("reads", "told"), [(("s3://models",), True), (("gs://models",), False), ((), False)])
def test_a_store_of_ones_own_is_told_and_opened_to_who_reads_s3(reads: tuple[str, ...], told: bool) -> None:
    found = by_kind(echo(reads=reads, credentials="keys").objects(MINIO))
    (container,) = found["Deployment"]["spec"]["template"]["spec"]["containers"]
    variable = {"name": "AWS_ENDPOINT_URL_S3", "value": "http://minio.storage.svc:9000"}
    assert (variable in container.get("env", [])) == told
    assert (STORAGE in found["NetworkPolicy"]["spec"].get("egress", [])) == told


def test_a_model_that_reads_nothing_calls_nobody_on_any_cluster() -> None:
    assert egress(CLOUD) == []


def test_pods_are_labelled_for_their_identity_and_selected_without_it() -> None:
    found = on(CLOUD, **READS, replicas=2)
    labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert labels == {**echo().labels, "cloud/identity": "true"}
    assert found["Deployment"]["spec"]["selector"] == {"matchLabels": echo().selector}
    assert found["Service"]["spec"]["selector"] == echo().selector
    assert found["PodDisruptionBudget"]["spec"]["selector"] == {"matchLabels": echo().selector}


def test_pods_without_stores_are_given_no_identity() -> None:
    assert on(CLOUD)["Deployment"]["spec"]["template"]["metadata"]["labels"] == echo().labels


def test_credentials_are_variables_from_a_secret_and_their_values_nowhere() -> None:
    assert container(credentials="keys")["envFrom"] == [{"secretRef": {"name": "keys"}}]
    assert "envFrom" not in container()


def test_a_pod_with_gpus_asks_for_them_and_tolerates_their_machines() -> None:
    found = pod_on(Traits(), **GPU)
    assert found["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    requirements = found["containers"][0]["resources"]
    assert requirements["requests"]["nvidia.com/gpu"] == requirements["limits"]["nvidia.com/gpu"] == "2"
    assert "runtimeClassName" not in found


def test_a_pod_with_gpus_runs_where_the_cluster_keeps_their_runtime() -> None:
    assert pod_on(Traits(gpu_runtime_class="nvidia"), **GPU)["runtimeClassName"] == "nvidia"


def test_a_pod_without_gpus_knows_nothing_of_them() -> None:
    found = pod_on(Traits(gpu_runtime_class="nvidia"))
    assert not {"tolerations", "runtimeClassName"} & found.keys()


@pytest.mark.parametrize(
    ("choices", "traits", "needs"),
    [
        (GPU, Traits(), (NvidiaDevicePlugin,)),
        (GPU, Traits(gpu_devices=True), ()),
        ({}, Traits(), ()),
        ({**GPU, **SCALED}, Traits(), (MetricsServer, NvidiaDevicePlugin)),
        ({**GPU, **SCALED}, Traits(metrics_api=True, gpu_devices=True), ()),
    ],
)
def test_gpus_need_the_device_plugin_where_nodes_do_not_offer_theirs(
    choices: dict[str, Any], traits: Traits, needs: tuple[type, ...]
) -> None:
    assert echo(**choices).needs(Context(traits=traits)) == needs


def test_a_pod_chooses_its_user_only_where_the_cluster_does_not() -> None:
    assert {"runAsUser", "runAsGroup", "fsGroup"} <= pod_on(Traits())["securityContext"].keys()
    assert pod_on(Traits(assigns_user_ids=True))["securityContext"] == {
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
