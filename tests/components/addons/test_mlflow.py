import configparser
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components.addons.mlflow import CONFIGURATION, WRITE_CONFIGURATION, MLflow
from components.context import Context, Conventions, Traits
from components.unit import KubernetesObject, Unit, identity

DISK = Traits(storage_class="standard")
SHARED = Traits(storage_class="standard", shared_storage_class="files")
LAPTOP = Context(traits=DISK, conventions=Conventions(profile="laptop"))
PRODUCTION = Context(traits=DISK)
MANAGED: dict[str, Any] = {"database": "managed"}
STORE: dict[str, Any] = {"artifacts": "s3://models/mlflow", "credentials": "store"}


def unit(context: Context = LAPTOP, **choices: Any) -> Unit:
    return MLflow.model_validate(choices).unit(context)


def objects(context: Context = LAPTOP, **choices: Any) -> dict[str, KubernetesObject]:
    return {identity(each): each for each in unit(context, **choices).objects}


def server(context: Context = LAPTOP, **choices: Any) -> dict[str, Any]:
    (container,) = pod(context, **choices)["containers"]
    return dict(container)


def pod(context: Context = LAPTOP, name: str = "mlflow", **choices: Any) -> dict[str, Any]:
    found = objects(context, **choices)[f"statefulset.mlflow.{name}"]
    return dict(found["spec"]["template"]["spec"])


def environment(container: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container["env"]}


def test_nobody_gets_in_without_a_password() -> None:
    container = server()
    assert container["command"][-2:] == ["--app-name", "basic-auth"]
    assert environment(container)["MLFLOW_AUTH_CONFIG_PATH"] == CONFIGURATION
    (writer,) = pod()["initContainers"]
    assert writer["command"] == ["python", "-c", WRITE_CONFIGURATION]


@pytest.mark.parametrize("secret", ["0123abcd", "50%off", "a=b;c#d"])
def test_the_configuration_has_the_generated_password_whatever_is_in_it(tmp_path: Path, secret: str) -> None:
    path = tmp_path / "basic_auth.ini"
    variables = {"ADMIN_PASSWORD": secret, "AUTH_DATABASE_URI": f"postgresql://a:{secret}@b/c"}
    script = WRITE_CONFIGURATION.replace(CONFIGURATION, str(path))
    subprocess.run([sys.executable, "-c", script], env={**os.environ, **variables}, check=True)
    found = configparser.ConfigParser()
    found.read(path)
    assert dict(found["mlflow"]) == {
        "default_permission": "READ",
        "admin_username": "admin",
        "admin_password": secret,
        "database_uri": f"postgresql://a:{secret}@b/c",
    }


def test_every_secret_that_is_read_is_generated_or_said() -> None:
    def read(**choices: Any) -> set[str]:
        sets = [each for each in unit(**choices).objects if each["kind"] == "StatefulSet"]
        specs = [each["spec"]["template"]["spec"] for each in sets]
        containers = [c for spec in specs for c in (*spec["containers"], *spec.get("initContainers", ()))]
        named = [v["valueFrom"]["secretKeyRef"] for c in containers for v in c["env"] if "valueFrom" in v]
        return {each["name"] for each in named}

    assert read() == {secret.name for secret in unit().secrets} == {"mlflow-server", "mlflow-database"}
    assert read(**MANAGED) - {secret.name for secret in unit(**MANAGED).secrets} == {"managed"}


def test_the_password_of_the_database_is_in_no_object() -> None:
    found = environment(server())
    assert found["MLFLOW_BACKEND_STORE_URI"] == (
        "postgresql+psycopg2://mlflow:$(DATABASE_PASSWORD)@mlflow-database:5432/mlflow"
    )
    assert found["AUTH_DATABASE_URI"].endswith("/mlflow_auth")
    names = [each["name"] for each in server()["env"]]
    assert names.index("DATABASE_PASSWORD") < names.index("MLFLOW_BACKEND_STORE_URI")


def test_it_starts_no_jobs_for_which_it_has_no_memory() -> None:
    assert environment(server())["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] == "false"


def test_its_own_database_has_a_volume_and_both_databases() -> None:
    found = objects(database_size="7Gi", storage_class="fast")
    claim = found["persistentvolumeclaim.mlflow.mlflow-database"]["spec"]
    assert (claim["storageClassName"], claim["resources"]["requests"]["storage"]) == ("fast", "7Gi")
    assert found["configmap.mlflow.mlflow-database"]["data"] == {"databases.sql": "CREATE DATABASE mlflow_auth;\n"}
    (container,) = pod(name="mlflow-database")["containers"]
    assert environment(container)["POSTGRES_DB"] == "mlflow"


def test_only_the_server_may_call_the_database() -> None:
    policy = objects()["networkpolicy.mlflow.mlflow-database"]["spec"]
    assert policy["ingress"] == [
        {
            "from": [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "mlflow"}}}],
            "ports": [{"protocol": "TCP", "port": "database"}],
        }
    ]
    assert "egress" not in policy


def test_a_database_that_is_looked_after_takes_its_place() -> None:
    found = objects(**MANAGED)
    assert not [name for name in found if "database" in name]
    assert environment(server(**MANAGED))["MLFLOW_BACKEND_STORE_URI"] == {
        "secretKeyRef": {"name": "managed", "key": "uri"}
    }


@pytest.mark.parametrize(
    ("artifacts", "place"),
    [
        ("s3://models/mlflow", "s3://models/mlflow"),
        ("gs://models", "gs://models"),
        ("az://account/models/a", "wasbs://models@account.blob.core.windows.net/a"),
    ],
)
def test_artifacts_go_to_a_store(artifacts: str, place: str) -> None:
    container = server(artifacts=artifacts, credentials="store")
    assert container["args"][-1] == f"--artifacts-destination={place}"
    assert container["envFrom"] == [{"secretRef": {"name": "store"}}]
    assert "persistentvolumeclaim.mlflow.mlflow" not in objects(artifacts=artifacts, credentials="store")


def test_or_to_a_volume() -> None:
    assert server()["args"][-1] == "--artifacts-destination=/artifacts"
    assert {"name": "artifacts", "mountPath": "/artifacts"} in server()["volumeMounts"]
    claim = objects(artifacts_size="20Gi")["persistentvolumeclaim.mlflow.mlflow"]["spec"]
    assert claim == {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "20Gi"}}}


@pytest.mark.parametrize(
    ("traits", "choices", "replicas"),
    [(DISK, MANAGED, 1), (DISK, {**MANAGED, **STORE}, 2), (SHARED, MANAGED, 2), (SHARED, {"storage_class": "a"}, 1)],
)
def test_production_has_two_where_both_reach_the_artifacts(
    traits: Traits, choices: dict[str, Any], replicas: int
) -> None:
    found = objects(Context(traits=traits), **choices)
    assert found["statefulset.mlflow.mlflow"]["spec"]["replicas"] == replicas
    assert ("poddisruptionbudget.mlflow.mlflow" in found) == (replicas > 1)


def test_a_shared_volume_is_mounted_by_both() -> None:
    claim = objects(Context(traits=SHARED), **MANAGED)["persistentvolumeclaim.mlflow.mlflow"]["spec"]
    assert (claim["accessModes"], claim["storageClassName"]) == (["ReadWriteMany"], "files")


def test_it_may_be_called_by_its_names_only() -> None:
    (allowed,) = (each for each in server(host="mlflow.example.it")["args"] if each.startswith("--allowed-hosts="))
    names = allowed.partition("=")[2].split(",")
    assert {"mlflow:5000", "mlflow.mlflow:5000", "mlflow.mlflow.svc.*:5000", "mlflow.example.it"} <= set(names)
    assert "*" not in names


def test_it_is_open_by_choice() -> None:
    assert "ingress.mlflow.mlflow" not in objects()
    spec = objects(host="mlflow.example.it", ingress_class="istio", tls_secret="cert")["ingress.mlflow.mlflow"]["spec"]
    assert spec["ingressClassName"] == "istio"
    assert spec["tls"] == [{"hosts": ["mlflow.example.it"], "secretName": "cert"}]
    assert MLflow(host="mlflow.example.it").claims(LAPTOP) == ("host mlflow.example.it",)


def test_a_cluster_that_chooses_user_ids_is_left_to_it() -> None:
    security = pod(Context(traits=Traits(storage_class="a", assigns_user_ids=True)))["securityContext"]
    assert security == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


@pytest.mark.parametrize(
    ("context", "choices", "facts"),
    [
        (LAPTOP, {}, []),
        (PRODUCTION, MANAGED, []),
        (PRODUCTION, {}, ["database: its own PostgreSQL has neither a second replica nor a backup"]),
        (
            PRODUCTION,
            {**MANAGED, "host": "mlflow.example.it"},
            ["tls_secret: passwords are taken at mlflow.example.it"],
        ),
        (Context(), MANAGED, ["storage_class: needs a volume, and this cluster has no default class"]),
        (Context(), {**MANAGED, **STORE}, []),
        (Context(traits=Traits(shared_storage_class="files")), MANAGED, []),
        (Context(), {**MANAGED, "storage_class": "a"}, []),
    ],
)
def test_what_would_not_work_or_not_last_is_refused(
    context: Context, choices: dict[str, Any], facts: list[str]
) -> None:
    found = list(MLflow.model_validate(choices).mistakes(context))
    assert len(found) == len(facts)
    for mistake, fact in zip(found, facts, strict=True):
        assert str(mistake).startswith(fact)
        assert ". Name " in mistake.message


@pytest.mark.parametrize(
    ("choices", "fact"),
    [
        ({"artifacts": "s3://models"}, "artifacts and credentials belong together"),
        ({"credentials": "store"}, "artifacts and credentials belong together"),
        ({"artifacts": "file:///tmp", "credentials": "a"}, "must have the shape"),
        ({"tls_secret": "cert"}, "Say host"),
        ({"image": "ghcr.io/mlflow/mlflow:v3.16.2-full"}, "MLflow below 3.17 has known holes"),
        ({"image": "ghcr.io/mlflow/mlflow:2.22.0"}, "MLflow below 3.17 has known holes"),
        ({"image": "ghcr.io/mlflow/mlflow:latest"}, "must name a tag other than 'latest'"),
        ({"artifacts_size": "0"}, "must be a positive Kubernetes quantity"),
    ],
)
def test_a_wrong_choice_is_refused(choices: dict[str, Any], fact: str) -> None:
    with pytest.raises(ValidationError) as caught:
        MLflow.model_validate(choices)
    assert fact in str(caught.value)


@pytest.mark.parametrize("image", ["example.com/mlflow:v3.17.0", "a.io/mlflow:4.0", f"a.io/mlflow@sha256:{'0' * 64}"])
def test_a_later_or_an_unknown_version_is_taken(image: str) -> None:
    assert server(image=image)["image"] == image
