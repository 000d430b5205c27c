from typing import Any

import pytest
from pydantic import ValidationError

from components.context import Context, Traits
from components.pods.security import Security
from components.runtimes.container import Container
from tests.samples import by_kind

PLAIN: dict[str, Any] = {
    "name": "echo",
    "owner": "science",
    "image": "registry.example.com/echo:1",
    "ports": {"http": 8080},
    "ready": {"path": "/ready"},
}
WHY = {"security": {"reason": "taken over as it was; to be hardened by spring"}}


def server(**choices: Any) -> Container:
    return Container.model_validate({**PLAIN, **choices})


def objects(**choices: Any) -> dict[str, dict[str, Any]]:
    return by_kind(server(**choices).objects(Context()))


def pod(**choices: Any) -> dict[str, Any]:
    return dict(objects(**choices)["Deployment"]["spec"]["template"]["spec"])


def container(**choices: Any) -> dict[str, Any]:
    return dict(pod(**choices)["containers"][0])


def test_the_least_that_can_be_said_is_an_image_a_port_and_a_way_to_ask() -> None:
    found = container()
    assert {found[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "readiness", "liveness")} == {"/ready"}
    assert not {"command", "args"} & found.keys()
    assert objects().keys() == {"ServiceAccount", "NetworkPolicy", "Deployment", "Service"}


@pytest.mark.parametrize(
    ("probe", "asks"),
    [
        ({"path": "/", "scheme": "HTTPS"}, "httpGet"),
        ({}, "tcpSocket"),
        ({"service": "echo"}, "grpc"),
        ({"command": ["true"]}, "exec"),
    ],
)
def test_it_is_asked_in_any_way_of_kubernetes(probe: dict[str, Any], asks: str) -> None:
    assert asks in container(ready=probe)["readinessProbe"]


def test_each_question_may_be_another() -> None:
    found = container(startup={"path": "/started"}, live={"command": ["true"], "period_seconds": 30})
    assert found["startupProbe"]["httpGet"]["path"] == "/started"
    assert found["livenessProbe"] == {"exec": {"command": ["true"]}, "periodSeconds": 30, "timeoutSeconds": 5}


def test_texts_are_files_and_models_lie_beside_them() -> None:
    found = objects(texts={"conf/app.yaml": "a: 1\n"})
    assert list(found["ConfigMap"]["data"].values()) == ["a: 1\n"]
    mounts = {each["mountPath"]: each for each in container(texts={"a": "b"})["volumeMounts"]}
    assert mounts["/mnt/models"]["readOnly"] is True
    assert server(models={"words": {"format": "pmml", "uri": "s3://models/words"}}).served().keys() == {"words"}


def test_variables_ports_and_volumes_are_those_that_are_said() -> None:
    found = container(
        env={"LEVEL": "info"},
        env_from={"KEY": {"secret": "keys", "key": "echo"}},
        ports={"http": 8080, "grpc": 9000},
        volumes={"data": {"path": "/data", "claim": "data"}, "scratch": {"path": "/tmp", "size": "2Gi"}},
    )
    assert [each["name"] for each in found["env"]] == ["LEVEL", "KEY"]
    assert [each["containerPort"] for each in found["ports"]] == [8080, 9000]
    assert {each["mountPath"] for each in found["volumeMounts"]} == {"/data", "/tmp"}


def test_metrics_are_scraped_where_it_says_it_has_some() -> None:
    def annotations(**choices: Any) -> dict[str, str]:
        return dict(objects(**choices)["Deployment"]["spec"]["template"]["metadata"]["annotations"])

    assert "prometheus.io/scrape" not in annotations()
    told = annotations(metrics_port="http", metrics_path="/prom")
    assert (told["prometheus.io/port"], told["prometheus.io/path"]) == ("8080", "/prom")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"ports": {}}, "at least 1 item"),
        ({"ports": {"http": 8080, "admin": 8080}}, "port 8080 has two names"),
        ({"ports": {"http": 0}}, "greater than or equal to 1"),
        ({"ready": {"path": "/", "port": "admin"}}, "there is no port 'admin'. Name one of 'http'"),
        ({"live": {"port": "admin"}}, "there is no port 'admin'"),
        ({"metrics_port": "metrics"}, "there is no port 'metrics'"),
        ({"image": "echo:latest"}, "must name a tag other than 'latest'"),
        ({"texts": {"../etc/passwd": ""}}, "should match pattern"),
        ({"env": {"A B": "c"}}, "should match pattern"),
        ({"security": {"user": 0}}, "does not say why"),
        ({"patches": {"NetworkPolicy": None}}, "Say why: security"),
        (
            {"own_labels": {"app": "a"}, "traffic": {"blue_green": {"candidate": {"image": "a:2"}}}},
            "select the pods of a candidate as well",
        ),
        ({"patches": {"Container": {"securityContext": None}}}, "Say why: security"),
    ],
)
def test_what_could_not_run_or_is_not_explained_is_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        server(**wrong)


def test_departures_are_told_on_the_pod_with_their_reason() -> None:
    security = {"reason": "its image starts as root", "user": 0, "writable_root": True}
    found = objects(security=security)["Deployment"]["spec"]["template"]
    told = Security.model_validate(security).annotations()
    assert set(told.values()) == {"its image starts as root"}
    assert found["metadata"]["annotations"] == told
    assert found["spec"]["securityContext"]["runAsUser"] == 0
    assert found["spec"]["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is False


def test_its_url_follows_its_service() -> None:
    assert server().url(Context()) == "http://echo.models.svc"
    moved = {"Service": {"metadata": {"name": "other"}, "spec": {"ports": [{"port": 8500, "targetPort": "http"}]}}}
    stack = server(patches=moved, request_path="/predict", sample={"a": 1}, answer={"b": 2})
    (endpoint,) = stack.endpoints(Context())
    assert endpoint.url == "http://other.models.svc:8500/predict"
    assert (endpoint.sample, endpoint.answer) == ({"a": 1}, {"b": 2})


def test_its_url_is_what_its_versions_share() -> None:
    traffic = {"canary": {"weight": 50, "candidate": {"image": "registry.example.com/echo:2.0"}}}
    assert server(replicas=2, traffic=traffic).url(Context()) == "http://echo.models.svc"
    assert server(expose={"load_balancer": "clients have no gateway"}).url(Context()) == "http://echo.models.svc"


def test_what_speaks_no_http_has_no_endpoint() -> None:
    stack = server(ports={"grpc": 9000}, ready={"service": "", "port": "grpc"})
    assert stack.endpoints(Context()) == ()
    assert by_kind(stack.objects(Context()))["Service"]["spec"]["ports"] == [
        {"name": "grpc", "port": 9000, "targetPort": "grpc"}
    ]


ARTICLE: dict[str, dict[str, Any]] = {
    "Deployment": {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "ai-service", "namespace": "models", "labels": {"app": "web-service"}},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": "web-service"}},
            "template": {
                "metadata": {
                    "annotations": {"prometheus.io/scrape": "true", "prometheus.io/port": "8500"},
                    "labels": {"app": "web-service"},
                },
                "spec": {
                    "containers": [
                        {
                            "name": "server",
                            "image": "tensorflow/serving:2.20.0",
                            "args": ["--model_config_file=/mnt/models.config"],
                            "ports": [{"containerPort": 8500, "protocol": "TCP"}],
                            "env": [{"name": "MODEL_NAME", "value": "my_model"}],
                            "resources": {
                                "limits": {"cpu": "1", "memory": "2Gi"},
                                "requests": {"cpu": "500m", "memory": "1Gi"},
                            },
                            "volumeMounts": [{"name": "models-volume", "mountPath": "/mnt/models"}],
                        }
                    ],
                    "volumes": [{"name": "models-volume", "emptyDir": {}}],
                },
            },
        },
    },
    "Service": {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "my-service", "namespace": "models", "labels": {"app": "web-service"}},
        "spec": {
            "type": "ClusterIP",
            "ports": [{"port": 8500, "targetPort": 8500, "name": "grpc-port"}],
            "selector": {"app": "web-service"},
        },
    },
}
"""What somebody else has written, its container called as ours is."""


def test_what_others_wrote_is_said_to_the_letter() -> None:
    template = {
        "metadata": {"annotations": {"prometheus.io/path": None}},
        "spec": {},
    }
    left_out = dict.fromkeys(("minReadySeconds", "progressDeadlineSeconds", "strategy"))
    pod_left_out = dict.fromkeys(
        ("serviceAccountName", "automountServiceAccountToken", "enableServiceLinks", "securityContext")
    )
    ours = dict.fromkeys(("startupProbe", "readinessProbe", "livenessProbe", "lifecycle", "securityContext"))
    written, service = (ARTICLE[kind]["spec"] for kind in ("Deployment", "Service"))
    (theirs,) = written["template"]["spec"]["containers"]
    stack = Container(
        name="ai-service",
        owner="science",
        image="tensorflow/serving:2.20.0",
        args=("--model_config_file=/mnt/models.config",),
        env={"MODEL_NAME": "my_model"},
        ports={"grpc": 8500},
        metrics_port="grpc",
        ready={"port": "grpc"},
        own_labels={"app": "web-service"},
        security={"reason": "taken over as it was"},
        patches={
            "ServiceAccount": None,
            "NetworkPolicy": None,
            "Deployment": {"spec": {**left_out, "template": template}},
            "Pod": {**pod_left_out, "volumes": written["template"]["spec"]["volumes"]},
            "Container": {**ours, **{key: theirs[key] for key in ("ports", "resources", "volumeMounts")}},
            "Service": {"metadata": {"name": "my-service"}, "spec": {"type": "ClusterIP", "ports": service["ports"]}},
        },
    )
    found = by_kind(stack.objects(Context(traits=Traits())))
    assert found == ARTICLE


def test_what_its_models_are_asked_is_said_of_the_stack() -> None:
    with pytest.raises(ValidationError, match="Say sample and answer of the stack itself"):
        server(models={"iris": {"format": "onnx", "uri": "pvc://models/iris", "sample": {"a": 1}}})


@pytest.mark.parametrize("door", [{"expose": {"load_balancer": "shown at a conference"}}, {"route": {"host": "a.b"}}])
def test_a_door_leads_to_the_port_that_is_asked(door: dict[str, Any]) -> None:
    stack = server(ports={"grpc": 9000}, ready={"port": "grpc"}, **door)
    told = {each.path: each.message for each in stack.mistakes(Context())}
    assert told[tuple(door)].startswith("leads to the port 'http', and its server has none")


def test_a_door_of_what_is_labelled_otherwise_is_answered_for_by_its_name() -> None:
    found = server(own_labels={"app": "echo"}, expose={"load_balancer": "shown at a conference"}).objects(Context())
    (public,) = (each for each in found if each["metadata"]["name"] == "echo-public")
    assert public["metadata"]["annotations"] == {"policy.slipway/service-exposure": "echo: shown at a conference"}
    assert public["spec"]["selector"] == {"app": "echo"}
