import pytest
from pydantic import ValidationError

from components.context import Context, Conventions, Traits
from components.location.store import Grant
from components.model_stack import Endpoint, ModelStack
from components.unit import KubernetesObject, Namespace


class Echo(ModelStack):
    def objects(self, context: Context) -> list[KubernetesObject]:
        metadata = {"name": self.name, "namespace": context.models.name, "labels": self.labels}
        return [{"apiVersion": "v1", "kind": kind, "metadata": metadata} for kind in ("Service", "ServiceAccount")]

    def endpoints(self, context: Context) -> tuple[Endpoint, ...]:
        return (Endpoint(model=self.name, url=self.url(context)),)


ECHO = Echo(name="echo", owner="science")
ELSEWHERE = Context(conventions=Conventions(models=Namespace(name="ml", pod_security="baseline")))


def test_the_selector_is_part_of_the_labels_and_names_the_stack_alone() -> None:
    assert ECHO.selector == {"app.kubernetes.io/name": "echo"}
    assert ECHO.selector.items() <= ECHO.labels.items()


def test_the_labels_say_who_answers_and_who_manages() -> None:
    assert ECHO.labels["slipway/owner"] == "science"
    assert ECHO.labels["app.kubernetes.io/managed-by"] == "slipway"


def test_its_unit_lives_in_the_namespace_of_models() -> None:
    unit = ECHO.unit(ELSEWHERE)
    assert (unit.name, unit.namespace, unit.after) == ("echo", ELSEWHERE.models, ())
    assert {each["metadata"]["namespace"] for each in unit.objects} == {"ml"}


def test_its_url_is_that_of_its_service() -> None:
    assert ECHO.url(ELSEWHERE) == "http://echo.ml.svc"


def test_it_needs_nothing_unless_it_says_so() -> None:
    assert ECHO.needs(ELSEWHERE) == ()


@pytest.mark.parametrize("field", ["name", "owner"])
def test_name_and_owner_are_required(field: str) -> None:
    fields = {"name": "echo", "owner": "science"}
    del fields[field]
    with pytest.raises(ValidationError, match=f"{field}\n  Field required"):
        Echo.model_validate(fields)


def test_a_name_over_63_characters_is_refused() -> None:
    with pytest.raises(ValidationError, match="has 64 characters"):
        Echo(name="x" * 64, owner="science")


READS = ("s3://models/echo", "gs://models", "s3://shared/words")
READER = Echo(name="echo", owner="science", reads=READS)


@pytest.mark.parametrize(
    ("schemes", "stores"),
    [((), ()), (("s3",), (READS[0], READS[2])), (("gs",), (READS[1],)), (("s3", "gs"), READS), (("az",), ())],
)
def test_its_service_account_is_granted_what_it_reads_where_the_cluster_gives_an_identity(
    schemes: tuple[str, ...], stores: tuple[str, ...]
) -> None:
    context = Context(traits=Traits(store_schemes=schemes))
    assert READER.by_identity(context) == stores
    assert READER.unit(context).grants == ((Grant(account="echo", stores=stores),) if stores else ())


def test_it_reads_no_store_unless_it_says_so() -> None:
    assert ECHO.unit(Context(traits=Traits(store_schemes=("s3", "gs", "az")))).grants == ()


def test_what_is_no_store_is_refused() -> None:
    with pytest.raises(ValidationError, match="must have the shape s3://bucket/prefix"):
        Echo(name="echo", owner="science", reads=("https://models.example.com",))
