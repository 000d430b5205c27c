from typing import Any

import pytest

from components.location import hosts


@pytest.mark.parametrize(
    ("host", "parts"),
    [
        ("example.com", ("example.com", 443)),
        ("example.com:8443", ("example.com", 8443)),
        ("[2001:db8::1]", ("2001:db8::1", 443)),
        ("[2001:db8::1]:9000", ("2001:db8::1", 9000)),
    ],
)
def test_name_and_port(host: str, parts: tuple[str, int]) -> None:
    assert hosts.parts(host) == parts


def to_namespace(name: str) -> dict[str, Any]:
    return {"to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}]}


@pytest.mark.parametrize(
    ("host", "rule"),
    [
        ("example.com", {"ports": [{"protocol": "TCP", "port": 443}]}),
        ("10.0.0.7:8443", {"ports": [{"protocol": "TCP", "port": 8443}]}),
        ("minio.storage.svc:9000", to_namespace("storage")),
        ("minio.storage.svc.cluster.local", to_namespace("storage")),
        ("minio.storage.svc.example.com:9000", {"ports": [{"protocol": "TCP", "port": 9000}]}),
    ],
)
def test_what_opens_the_way(host: str, rule: dict[str, Any]) -> None:
    assert hosts.opening(host) == rule
