import base64
import gzip
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.errors import SlipwayError
from infra.inventory import NAMESPACE, Identity, identity, note, noted
from tests.samples import OBJECT

WORDS = st.text(string.ascii_letters + string.digits + "-.:/", min_size=1, max_size=20)
IDENTITIES = st.builds(Identity, WORDS, WORDS, WORDS | st.just(""), WORDS)


@given(st.lists(IDENTITIES, max_size=20))
def test_what_was_noted_is_read_back_in_its_order(identities: list[Identity]) -> None:
    assert noted(note("dev", identities)) == identities


@given(st.lists(IDENTITIES, max_size=5))
def test_the_same_objects_are_the_same_note_to_the_byte(identities: list[Identity]) -> None:
    assert note("dev", identities) == note("dev", list(identities))


def test_an_identity_is_what_tells_an_object_from_all_others() -> None:
    assert identity(OBJECT) == Identity("v1", "ConfigMap", "tools", "notes")


def test_an_object_of_the_whole_cluster_has_no_namespace() -> None:
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "a:b"}}
    assert identity(role).namespace == ""
    assert identity(role).manifest() == role


def test_a_manifest_made_of_an_identity_has_that_identity() -> None:
    assert identity(identity(OBJECT).manifest()) == identity(OBJECT)
    assert identity(OBJECT).manifest() == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "notes", "namespace": "tools"},
    }


def test_environments_keep_their_notes_apart() -> None:
    one, other = note("dev", []), note("sandbox", [])
    assert identity(one) == Identity("v1", "ConfigMap", NAMESPACE, "slipway-dev")
    assert identity(other).name == "slipway-sandbox"


@pytest.mark.parametrize("count", [2_000])
def test_the_objects_of_thousands_of_models_fit_into_one_note(count: int) -> None:
    kinds = ("ConfigMap", "ServiceAccount", "NetworkPolicy", "Deployment", "Service", "HorizontalPodAutoscaler")
    identities = [
        Identity("apps/v1", kind, "models", f"model-{number:04}") for number in range(count) for kind in kinds
    ]
    packed = note("dev", identities)["binaryData"]["objects.gz"]
    assert len(base64.b64decode(packed)) < 1024 * 1024


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"objects.gz": "no base64!"},
        {"objects.gz": base64.b64encode(b"no gzip").decode()},
        {"objects.gz": note("dev", [identity(OBJECT)])["binaryData"]["objects.gz"][:40]},
        {"objects.gz": base64.b64encode(gzip.compress(b"one column")).decode()},
        {"objects.gz": base64.b64encode(gzip.compress(b"\xff")).decode()},
    ],
)
def test_a_damaged_note_is_named_with_what_to_do(data: dict[str, str]) -> None:
    with pytest.raises(SlipwayError, match=r"ConfigMap default/slipway-dev: its list .* is damaged\. Delete it"):
        noted({**note("dev", []), "binaryData": data})
