import json
from pathlib import Path
from typing import Any

import pytest

from components.context import Context, Conventions, Opening, Traits
from components.environment import Environment
from components.errors import Invalid
from components.location.fetching import FETCHED
from components.location.model_files import Loaded, load
from components.model import Model
from components.runtimes.mlserver import MLServer
from components.unit import KubernetesObject
from tests.samples import artefact, by_kind

SETTINGS: dict[str, str | bytes] = {"settings.json": "{}", "iris/model-settings.json": "{}"}
URIS = {
    "az": "az://account1/models/iris",
    "gs": "gs://models/iris",
    "hf": "hf://org/iris@v1",
    "https": "https://example.com/iris",
    "s3": "s3://models/iris",
}
AGENT = Opening(cidr="169.254.170.23/32", port=80)
LAPTOP = Context()
EKS = Context(traits=Traits(store_schemes=("s3",), identity_endpoints=(AGENT,)))
HTTPS = {"ports": [{"protocol": "TCP", "port": 443}]}


def model(uri: str, **fields: Any) -> Model:
    return Model.model_validate({"format": "sklearn", "uri": uri, **fields})


def loaded(context: Context = LAPTOP, credentials: str | None = None, **models: Model) -> Loaded:
    return load("zoo", SETTINGS, models, context, credentials)


def plan(found: Loaded) -> dict[str, Any]:
    return dict(json.loads(found.objects[0]["data"]["plan.json"]))


def stack(**fields: Any) -> MLServer:
    return MLServer.model_validate({"name": "zoo", "owner": "science", **fields})


def refusals(stack: MLServer, context: Context = LAPTOP) -> list[str]:
    with pytest.raises(Invalid) as caught:
        list(Environment(stacks=(stack,)).units(context))
    return [str(each) for each in caught.value.mistakes]


def test_a_model_of_this_machine_is_the_config_map_itself(tmp_path: Path) -> None:
    found = loaded(iris=Model(format="sklearn", artefact=artefact(tmp_path)))
    (config,), (volume,), (mount,) = found.objects, found.volumes, found.mounts
    assert volume["configMap"]["name"] == config["metadata"]["name"]
    assert {each["path"] for each in volume["configMap"]["items"]} == {*SETTINGS, "iris/iris.joblib"}
    assert mount == {"name": "models", "mountPath": "/mnt/models", "readOnly": True}
    assert found[3:] == ((), [], {}, 0)


@pytest.mark.parametrize("scheme", sorted(URIS))
def test_what_lies_elsewhere_is_fetched_into_a_folder_of_the_pod(scheme: str) -> None:
    found = loaded(iris=model(URIS[scheme], size="5Gi"))
    (container,) = found.init_containers
    volumes = {each["name"]: each for each in found.volumes}
    assert volumes["models"] == {"name": "models", "emptyDir": {"sizeLimit": "5136Mi"}}
    assert container["resources"]["requests"]["ephemeral-storage"] == "5136Mi"
    assert {each["mountPath"]: each.get("readOnly", False) for each in container["volumeMounts"]} == {
        "/mnt/models": False,
        "/mnt/config": True,
    }
    assert found.mounts == ({"name": "models", "mountPath": "/mnt/models", "readOnly": True},)
    items = {each["path"] for each in volumes["config"]["configMap"]["items"]}
    assert {"plan.json", "fetch/__main__.py", f"fetch/sources/{scheme}.py", "files/settings.json"} <= items
    (entry,) = plan(found)["models"]
    assert (entry["scheme"], entry["bytes"], entry["sha256"]) == (scheme, 5 * 2**30, None)
    assert entry["target"] == model(URIS[scheme]).path("iris")
    assert found.seconds >= 5 * 2**30 / (10 * 2**20)


def test_every_scheme_that_is_fetched_has_its_client() -> None:
    sources = Path(load.__code__.co_filename).parent / "fetch" / "sources"
    assert {path.stem for path in sources.glob("[a-z]*.py")} == set(FETCHED) == set(URIS)


def test_the_init_container_keeps_the_restricted_standard_and_tells_why_it_failed() -> None:
    (container,) = loaded(iris=model(URIS["s3"])).init_containers
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["terminationMessagePolicy"] == "FallbackToLogsOnError"
    assert container["resources"]["limits"]["memory"] == container["resources"]["requests"]["memory"]


def test_keys_are_variables_of_who_fetches_and_nobody_else() -> None:
    objects = by_kind(stack(models={"iris": model(URIS["s3"])}, credentials="keys").objects(Context()))
    pod = objects["Deployment"]["spec"]["template"]["spec"]
    assert pod["initContainers"][0]["envFrom"] == [{"secretRef": {"name": "keys"}}]
    assert "envFrom" not in pod["containers"][0]
    reading = stack(models={"iris": model(URIS["s3"])}, credentials="keys", reads=["s3://features"])
    pod = by_kind(reading.objects(Context()))["Deployment"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["envFrom"] == [{"secretRef": {"name": "keys"}}]


def test_the_server_may_start_later_by_as_long_as_a_slow_store_takes() -> None:
    quick, slow = (
        by_kind(stack(models={"iris": model(URIS["https"], size=size)}).objects(Context()))["Deployment"]["spec"]
        for size in ("1Gi", "100Gi")
    )
    assert quick["progressDeadlineSeconds"] > 300 + 100
    assert slow["progressDeadlineSeconds"] > 300 + 10_000


@pytest.mark.parametrize(
    ("uri", "context", "calls"),
    [
        ("https://example.com/iris", Context(), [HTTPS]),
        ("https://example.com:8443/iris", Context(), [HTTPS, {"ports": [{"protocol": "TCP", "port": 8443}]}]),
        ("hf://org/iris", EKS, [HTTPS]),
        ("gs://models/iris", EKS, [HTTPS]),
        (
            "s3://models/iris",
            EKS,
            [HTTPS, {"to": [{"ipBlock": {"cidr": AGENT.cidr}}], "ports": [{"protocol": "TCP", "port": 80}]}],
        ),
        ("pvc://models/iris", EKS, []),
        ("nfs://nas/exports", EKS, []),
    ],
)
def test_the_pods_may_call_what_they_fetch_from_and_nothing_else(
    uri: str, context: Context, calls: list[KubernetesObject]
) -> None:
    found = loaded(context, iris=model(uri)).calls
    assert [each for index, each in enumerate(found) if each not in found[:index]] == calls


def test_a_store_of_ones_own_is_told_and_opened() -> None:
    context = Context(conventions=Conventions(s3_endpoint="http://minio.storage.svc:9000"))
    found = loaded(context, iris=model(URIS["s3"]))
    assert {"name": "AWS_ENDPOINT_URL_S3", "value": "http://minio.storage.svc:9000"} in found.init_containers[0]["env"]
    there = {"matchLabels": {"kubernetes.io/metadata.name": "storage"}}
    assert {"to": [{"namespaceSelector": there}]} in found.calls


def test_who_gives_the_identity_may_be_asked_for_it_by_name_of_its_address() -> None:
    assert plan(loaded(EKS, iris=model(URIS["s3"])))["reachable"] == [["169.254.170.23/32", 80]]


def test_a_claim_is_mounted_read_only_where_the_server_reads_it() -> None:
    found = loaded(iris=model("pvc://models/iris/v1"))
    volume = found.volumes[-1]
    assert volume["persistentVolumeClaim"] == {"claimName": "models", "readOnly": True}
    assert found.mounts[-1] == {"name": volume["name"], "mountPath": "/mnt/volumes/iris", "readOnly": True}
    assert len(found.objects) == 1
    assert not found.init_containers


def test_an_export_becomes_a_volume_and_a_claim_meant_for_each_other() -> None:
    found = loaded(iris=model("nfs://nas.example.com/exports/iris", size="20Gi"), again=model("pvc://other"))
    _, volume, claim = found.objects
    assert volume["spec"]["nfs"] == {"server": "nas.example.com", "path": "/exports/iris", "readOnly": True}
    assert volume["spec"]["claimRef"] == {"namespace": "models", "name": claim["metadata"]["name"]}
    assert claim["spec"]["volumeName"] == volume["metadata"]["name"]
    assert volume["spec"]["accessModes"] == claim["spec"]["accessModes"] == ["ReadOnlyMany"]
    assert volume["spec"]["capacity"]["storage"] == claim["spec"]["resources"]["requests"]["storage"] == "20Gi"
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    assert found.volumes[-1]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    moved = loaded(iris=model("nfs://nas.example.com/exports/iris2", size="20Gi")).objects[1]
    assert moved["metadata"]["name"] != volume["metadata"]["name"]


def test_a_volume_belongs_to_no_namespace_and_all_else_to_the_models() -> None:
    found = stack(models={"iris": model("nfs://nas/exports")}).objects(Context())
    assert {each["kind"]: each["metadata"].get("namespace") for each in found if "Volume" in each["kind"]} == {
        "PersistentVolume": None,
        "PersistentVolumeClaim": "models",
    }
    assert all(each["metadata"]["labels"]["slipway/owner"] == "science" for each in found)


def test_an_image_is_mounted_where_the_cluster_can() -> None:
    found = stack(models={"iris": model("oci://ghcr.io/org/iris:v1")})
    pod = by_kind(found.objects(Context()))["Deployment"]["spec"]["template"]["spec"]
    assert pod["volumes"][1]["image"] == {"reference": "ghcr.io/org/iris:v1", "pullPolicy": "IfNotPresent"}
    assert list(Environment(stacks=(found,)).units(Context(traits=Traits(image_volumes=True))))
    assert refusals(found) == [
        "models.zoo.models.iris.uri: is an image, which this cluster does not mount. "
        "Set its trait image_volumes if it is 1.35 or newer, or keep the model in a store"
    ]


def test_a_config_map_of_somebody_else_lies_among_the_settings() -> None:
    found = loaded(iris=model("configmap://weights/iris.joblib"))
    own, other = found.volumes[0]["projected"]["sources"]
    assert own["configMap"]["name"] == found.objects[0]["metadata"]["name"]
    assert other == {"configMap": {"name": "weights", "items": [{"key": "iris.joblib", "path": "iris/iris.joblib"}]}}


def test_a_digest_is_checked_wherever_the_model_lies() -> None:
    for uri in ("pvc://models/iris", "nfs://nas/iris", "oci://ghcr.io/iris:v1", "configmap://weights/iris.joblib"):
        found = loaded(iris=model(uri, sha256="0" * 64))
        (container,) = found.init_containers
        (entry,) = plan(found)["models"]
        assert entry["sha256"] == "0" * 64
        places = [each["mountPath"] for each in container["volumeMounts"]]
        assert uri.startswith("configmap") or any(entry["target"].startswith(place) for place in places[2:])


def test_a_config_map_of_somebody_else_is_copied_where_others_are_fetched() -> None:
    found = loaded(iris=model("configmap://weights/iris.joblib"), wine=model(URIS["s3"]))
    (config,) = (each for each in found.volumes if each["name"] == "config")
    assert config["projected"]["sources"][1]["configMap"]["items"][0]["path"] == "files/iris/iris.joblib"


def test_the_pods_say_where_their_models_come_from(tmp_path: Path) -> None:
    here = Model(format="sklearn", artefact=artefact(tmp_path))
    digest = "0" * 64
    models = {"iris": model(URIS["s3"], sha256=digest), "here": here, "wine": model("pvc://models")}
    template = by_kind(stack(models=models, credentials="k").objects(Context()))["Deployment"]["spec"]["template"]
    assert json.loads(template["metadata"]["annotations"]["slipway/models"]) == {
        "iris": {"uri": URIS["s3"], "sha256": digest},
        "wine": {"uri": "pvc://models", "sha256": None},
    }


@pytest.mark.parametrize("scheme", ["az", "gs", "s3"])
def test_a_store_is_read_by_the_identity_of_the_pods_or_by_keys_or_not_at_all(scheme: str) -> None:
    found, cloud = stack(models={"iris": model(URIS[scheme])}), Context(traits=Traits(store_schemes=(scheme,)))
    assert found.unit(cloud).grants[0].stores == (URIS[scheme],)
    assert found.unit(Context()).grants == ()
    (refusal,) = refusals(found)
    assert refusal.startswith(f"models.zoo: reads {URIS[scheme]}, for which this cluster gives its pods no identity")
    assert list(Environment(stacks=(found.model_copy(update={"credentials": "keys"}),)).units(Context()))


def test_a_public_place_needs_no_keys() -> None:
    found = stack(models={name: model(URIS[name]) for name in ("hf", "https")})
    assert list(Environment(stacks=(found,)).units(Context()))


def test_a_model_by_the_name_of_a_registry_is_not_served() -> None:
    (refusal,) = refusals(stack(models={"wine": model("mlflow://wine@champion")}))
    assert "models.zoo.models.wine.uri: is the model's name in a registry, not its place" in refusal


def test_a_shared_volume_is_of_the_class_that_many_nodes_mount() -> None:
    found = stack(models={"iris": model("pvc://weights")}, shared_volumes={"weights": {"size": "50Gi"}})
    claim = by_kind(found.objects(Context(traits=Traits(shared_storage_class="nfs"))))["PersistentVolumeClaim"]
    assert claim["metadata"]["name"] == "weights"
    assert claim["spec"] == {
        "accessModes": ["ReadWriteMany"],
        "storageClassName": "nfs",
        "resources": {"requests": {"storage": "50Gi"}},
    }
    (refusal,) = refusals(found)
    assert "shared_volumes.weights: has no class, and this cluster none that many nodes mount at once" in refusal
    named = stack(models=found.models, shared_volumes={"weights": {"size": "50Gi", "storage_class": "efs"}})
    assert list(Environment(stacks=(named,)).units(Context()))


@pytest.mark.parametrize("change", [{"uri": "s3://models/iris2"}, {"sha256": "1" * 64}, {"size": "2Gi"}])
def test_another_place_or_digest_rolls_the_pods(change: dict[str, Any]) -> None:
    before, after = (
        by_kind(stack(models={"iris": fields}, credentials="k").objects(Context()))["Deployment"]["spec"]["template"]
        for fields in ({"format": "sklearn", "uri": URIS["s3"]}, {"format": "sklearn", "uri": URIS["s3"], **change})
    )
    assert before != after
