from components import access
from components.unit import KubernetesObject

METADATA = {"name": "iris", "namespace": "models", "labels": {"slipway/owner": "science"}}
SELECTOR = {"app.kubernetes.io/name": "iris"}


def found(meshed: bool) -> list[KubernetesObject]:
    return access.objects(METADATA, SELECTOR, (8080, 8082), [], meshed=meshed, scraped=(8082,))


def test_the_account_of_a_pod_hands_out_no_token() -> None:
    account, _ = found(meshed=False)
    assert account == {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": METADATA,
        "automountServiceAccountToken": False,
    }


def test_the_mesh_refuses_plain_text_save_where_metrics_are_read() -> None:
    assert [each["kind"] for each in found(meshed=False)] == ["ServiceAccount", "NetworkPolicy"]
    *_, strict = found(meshed=True)
    assert strict["spec"] == {
        "selector": {"matchLabels": SELECTOR},
        "mtls": {"mode": "STRICT"},
        "portLevelMtls": {"8082": {"mode": "PERMISSIVE"}},
    }


def test_an_edit_of_one_object_changes_no_other() -> None:
    account, *others = found(meshed=True)
    account["metadata"]["labels"]["slipway/owner"] = "somebody"
    assert all(each["metadata"] == METADATA for each in others)
