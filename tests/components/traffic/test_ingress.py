from typing import Any

from components.traffic.ingress import ingress
from components.traffic.route import Route

PREFIX = "nginx.ingress.kubernetes.io/"


def made(nginx: bool = True, **choices: Any) -> dict[str, Any]:
    route = Route.model_validate({"host": "ai-demo.example.com", "ingress_class": "edge", **choices})
    return ingress({"name": "mnist"}, route, "mnist", nginx)


def annotations(**choices: Any) -> dict[str, str]:
    found: dict[str, str] = made(**choices)["metadata"]["annotations"]
    return {name.removeprefix(PREFIX): value for name, value in found.items()}


def test_a_host_leads_to_the_service() -> None:
    found = made()
    assert "annotations" not in found["metadata"]
    assert found["spec"] == {
        "ingressClassName": "edge",
        "rules": [
            {
                "host": "ai-demo.example.com",
                "http": {
                    "paths": [
                        {
                            "path": "/",
                            "pathType": "Prefix",
                            "backend": {"service": {"name": "mnist", "port": {"number": 80}}},
                        }
                    ]
                },
            }
        ],
    }


def test_ingress_nginx_takes_the_path_off() -> None:
    (path,) = made(path="/ai-service")["spec"]["rules"][0]["http"]["paths"]
    assert (path["path"], path["pathType"]) == ("/ai-service(/|$)(.*)", "ImplementationSpecific")
    assert annotations(path="/ai-service") == {"rewrite-target": "/$2", "use-regex": "true"}


def test_others_leave_it_on() -> None:
    (path,) = made(nginx=False, path="/ai-service", strip_path=False)["spec"]["rules"][0]["http"]["paths"]
    assert (path["path"], path["pathType"]) == ("/ai-service", "Prefix")


def test_what_ingress_nginx_reads_in_annotations() -> None:
    found = annotations(timeout_seconds=9, requests_per_second=5, basic_auth="keys")
    assert found == {
        "proxy-read-timeout": "9",
        "proxy-send-timeout": "9",
        "limit-rps": "5",
        "auth-type": "basic",
        "auth-secret": "keys",
        "auth-realm": "models",
    }


def test_a_post_is_tried_again_only_where_it_is_said_to_do_no_harm() -> None:
    assert annotations(retries={"attempts": 2}) == {
        "proxy-next-upstream": "error timeout",
        "proxy-next-upstream-tries": "3",
    }
    harmless = annotations(retries={"attempts": 2, "posts_too": True})
    assert harmless["proxy-next-upstream"] == "error timeout non_idempotent"


def test_a_certificate_is_named_or_issued() -> None:
    assert made(tls_secret="demo")["spec"]["tls"] == [{"hosts": ["ai-demo.example.com"], "secretName": "demo"}]
    issued = made(nginx=False, issuer="acme")
    assert issued["spec"]["tls"] == [{"hosts": ["ai-demo.example.com"], "secretName": "mnist-tls"}]
    assert issued["metadata"]["annotations"] == {"cert-manager.io/cluster-issuer": "acme"}
