import pytest

from components.errors import Invalid, Mistake, SlipwayError, UnknownKind, dotted, nearest


def test_the_nearest_known_name_is_offered() -> None:
    assert nearest("replica", ["owner", "replicas", "name"]) == "Did you mean 'replicas'?"


def test_where_nothing_is_near_all_are_listed_sorted() -> None:
    assert nearest("zebra", ["owner", "name"]) == "Known: name, owner"


def test_where_nothing_is_known_it_says_so() -> None:
    assert nearest("zebra", []) == "There is nothing to choose from"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("slipway:models", "iris", "ports", 0), "slipway:models.iris.ports[0]"),
        (("a", 1, 2, "b"), "a[1][2].b"),
    ],
)
def test_a_path_is_written_as_people_do(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text


def test_a_mistake_names_its_place_where_it_has_one() -> None:
    assert str(Mistake(("models", "iris"), "is wrong. Mend it")) == "models.iris: is wrong. Mend it"
    assert str(Mistake((), "is wrong. Mend it")) == "is wrong. Mend it"


def test_a_mistake_of_a_part_is_one_of_the_whole() -> None:
    assert Mistake(("uri",), "wrong").below("models", "iris") == Mistake(("models", "iris", "uri"), "wrong")


def test_invalid_holds_and_says_every_mistake_in_order() -> None:
    error = Invalid(Mistake((name,), "wrong") for name in "ba")
    assert [mistake.path for mistake in error.mistakes] == [("b",), ("a",)]
    assert str(error) == "b: wrong\na: wrong"


def test_an_unknown_kind_names_the_folder_and_the_cure() -> None:
    error = UnknownKind("components.addons", "metric_server", ["istio", "metrics_server"])
    assert str(error) == "there is no 'metric_server' in components/addons. Did you mean 'metrics_server'?"


@pytest.mark.parametrize("kind", [Invalid, UnknownKind])
def test_one_base_class_catches_all(kind: type[Exception]) -> None:
    assert issubclass(kind, SlipwayError)
