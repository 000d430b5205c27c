from typing import Any

import pytest
from pydantic import ValidationError

from components.context import Traits
from components.location.model_files import Loaded
from components.pods import server_pod
from components.pods.probe import Probe
from components.pods.security import Security
from components.pods.server import Server, Source
from components.pods.volume import Volume
from components.values import Resources

PROBES: dict[str, Any] = dict.fromkeys(("startup", "ready", "live"), Probe())
NOTHING = Loaded((), (), ())


def server(**choices: Any) -> Server:
    return Server.model_validate({"image": "registry.example.com/echo:1", "ports": {"http": 9000}, **PROBES, **choices})


def container(startup_seconds: int = 300, **choices: Any) -> dict[str, Any]:
    return server_pod.container(server(**choices), Resources(), startup_seconds, None, NOTHING)


def pod(**choices: Any) -> dict[str, Any]:
    said = server(**choices)
    return server_pod.pod("echo", said, container(**choices), NOTHING, Traits())


def test_an_image_that_knows_how_to_start_is_left_to_it() -> None:
    assert not {"command", "args"} & container().keys()
    told = container(command=("echo",), args=("--loud",))
    assert (told["command"], told["args"]) == (["echo"], ["--loud"])


def test_what_a_server_says_of_a_variable_wins() -> None:
    own = server(env={"A": "own"}, env_from={"B": Source(field="metadata.name")})
    assert server_pod.with_variables(own, {"A": "1", "B": "2", "C": "3"}).env == {"A": "own", "C": "3"}


def test_variables_are_said_or_kept_elsewhere() -> None:
    kept = {
        "KEY": Source(secret="keys", key="token"),
        "LEVEL": Source(config_map="levels", key="log"),
        "POD": Source(field="metadata.name"),
    }
    assert container(env={"HOME": "/tmp"}, env_from=kept)["env"] == [
        {"name": "HOME", "value": "/tmp"},
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "token"}}},
        {"name": "LEVEL", "valueFrom": {"configMapKeyRef": {"name": "levels", "key": "log"}}},
        {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"secret": "keys"},
        {"key": "token"},
        {"secret": "keys", "config_map": "keys", "key": "token"},
        {"field": "metadata.name", "key": "token"},
        {"field": "metadata.name", "secret": "keys"},
    ],
)
def test_a_variable_that_is_kept_nowhere_or_twice_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="Say one of them"):
        Source.model_validate(wrong)


def test_its_volumes_are_mounted_beside_its_scratch() -> None:
    volumes = {"shm": Volume(path="/dev/shm", size="1Gi", memory=True)}
    assert [each["name"] for each in pod(volumes=volumes)["volumes"]] == ["scratch", "shm"]
    mounts = {each["name"]: each["mountPath"] for each in container(volumes=volumes)["volumeMounts"]}
    assert mounts == {"scratch": "/tmp", "shm": "/dev/shm"}


def test_its_scratch_may_be_larger() -> None:
    (scratch,) = pod(volumes={"scratch": Volume(path="/tmp", size="8Gi")})["volumes"]
    assert scratch == {"name": "scratch", "emptyDir": {"sizeLimit": "8Gi"}}


def test_metrics_may_be_at_the_port_that_is_called() -> None:
    shared = server(metrics_port="http", metrics_path="/monitoring")
    assert server_pod.annotations(shared) == {
        "prometheus.io/scrape": "true",
        "prometheus.io/path": "/monitoring",
        "prometheus.io/port": "9000",
    }


@pytest.mark.parametrize(
    ("choices", "open"),
    [
        ({}, ()),
        ({"ports": {"http": 9000, "metrics": 9002}}, (9002,)),
        ({"metrics_port": "http"}, ()),
    ],
)
def test_plain_text_is_for_metrics_alone(choices: dict[str, Any], open: tuple[int, ...]) -> None:
    assert server(**choices).scraped() == open


def test_what_its_pods_may_is_told_to_who_reviews_them() -> None:
    security = Security(reason="asks the API server for its peers", cluster_token=True)
    assert server_pod.annotations(server(security=security)) == {
        "policy.slipway/service-account-token": security.reason
    }
    assert pod(security=security)["automountServiceAccountToken"] is True


def test_a_replica_may_start_as_long_as_it_says_however_often_it_is_asked() -> None:
    probe = container(startup_seconds=300, startup=Probe(path="/", period_seconds=30))["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] == 300
