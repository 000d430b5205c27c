from typing import Any

import pytest
from pydantic import ValidationError

from components.pods.probe import Probe, probes

PORTS = {"http": 8080, "grpc": 9000}


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ({}, {"tcpSocket": {"port": "http"}}),
        ({"port": "grpc"}, {"tcpSocket": {"port": "grpc"}}),
        ({"path": "/ready"}, {"httpGet": {"path": "/ready", "port": "http"}}),
        ({"path": "/", "scheme": "HTTPS"}, {"httpGet": {"path": "/", "port": "http", "scheme": "HTTPS"}}),
        ({"service": "", "port": "grpc"}, {"grpc": {"port": 9000}}),
        ({"service": "iris", "port": "grpc"}, {"grpc": {"port": 9000, "service": "iris"}}),
        ({"command": ["cat", "/tmp/ready"]}, {"exec": {"command": ["cat", "/tmp/ready"]}}),
    ],
)
def test_each_way_of_asking_is_spelled_as_kubernetes_does(said: dict[str, Any], asks: dict[str, Any]) -> None:
    assert Probe.model_validate(said).manifest(PORTS) == asks


def test_its_own_timings_win() -> None:
    probe = Probe(command=("true",), period_seconds=7, initial_delay_seconds=3)
    assert probe.manifest(PORTS, period_seconds=2, failure_threshold=9) == {
        "exec": {"command": ["true"]},
        "periodSeconds": 7,
        "initialDelaySeconds": 3,
        "failureThreshold": 9,
    }


@pytest.mark.parametrize(("seconds", "times"), [(60, 30), (61, 30), (1, 1)])
def test_a_server_may_take_its_time_to_start_and_is_asked_at_least_once(seconds: int, times: int) -> None:
    asked = Probe(path="/ready")
    found = probes(asked, asked, asked, PORTS, seconds)
    assert found["startupProbe"]["failureThreshold"] == times
    assert "failureThreshold" not in found["readinessProbe"] | found["livenessProbe"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"path": "/ready", "service": ""}, "asks by path"),
        ({"path": "/ready", "command": ["true"]}, "asks by path"),
        ({"service": "x", "command": ["true"]}, "asks by path"),
        ({"scheme": "HTTPS"}, "scheme is that of a path"),
        ({"path": "ready"}, "should match pattern"),
        ({"port": "a-name-of-16-char"}, "should match pattern"),
        ({"port": "8080"}, "should match pattern"),
        ({"period_seconds": 0}, "greater than or equal to 1"),
    ],
)
def test_what_no_kubelet_could_do_is_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Probe.model_validate(wrong)
