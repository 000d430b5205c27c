from components.objects import labels, platform_object, reserved, secret_object, spread
from components.unit import GeneratedSecret


def test_an_object_belongs_to_its_add_on_and_to_the_platform() -> None:
    made = platform_object("v1", "Service", "proxy", "lab", of="notes", spec={"ports": []})
    assert made == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "proxy", "namespace": "lab", "labels": labels("notes")},
        "spec": {"ports": []},
    }
    assert labels("notes")["slipway/owner"] == "platform"


def test_an_object_of_the_cluster_has_no_namespace() -> None:
    assert "namespace" not in platform_object("v1", "Namespace", "lab", of="notes")["metadata"]


def test_a_generated_secret_is_labelled_as_all_else() -> None:
    made = secret_object(GeneratedSecret(name="keys", keys={"cookie": 64}), "lab", {"cookie": "f00"})
    assert made["metadata"] == {"name": "keys", "namespace": "lab", "labels": labels("keys")}
    assert made["stringData"] == {"cookie": "f00"}


def test_memory_that_is_reserved_is_the_limit_unless_another_is_said() -> None:
    assert reserved("10m", "64Mi") == {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}}
    assert reserved("10m", "64Mi", "1Gi")["limits"] == {"memory": "1Gi"}


def test_pods_of_a_label_are_spread_over_machines() -> None:
    assert spread({"app": "x"})["labelSelector"] == {"matchLabels": {"app": "x"}}
    assert spread({"app": "x"})["topologyKey"] == "kubernetes.io/hostname"
