"""Each rule speaks when it should, alone, and is silent otherwise."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from infra.policy import all_rules, judge
from infra.policy.objects import TEMPLATES, show

from . import cases, cloud_cases
from .edits import Edit, edited, label

BREAKS = cases.BREAKS + cloud_cases.BREAKS
ALLOWED = cases.ALLOWED | cloud_cases.ALLOWED

Manifests = list[dict[str, Any]]


class MappingView(Mapping[str, Any]):
    """A read-only mapping that is no dict, as the engine hands it to a policy pack."""

    def __init__(self, target: Mapping[str, Any]) -> None:
        self._target = target

    def __getitem__(self, key: str) -> Any:
        return view(self._target[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._target)

    def __len__(self) -> int:
        return len(self._target)


class ListView(Sequence[Any]):
    """A read-only sequence that is no list."""

    def __init__(self, target: Sequence[Any]) -> None:
        self._target = target

    def __getitem__(self, index: Any) -> Any:
        return view(self._target[index])

    def __len__(self) -> int:
        return len(self._target)


def view(node: Any) -> Any:
    """`node` as the engine shows it: views instead of containers, floats instead of integers."""
    if isinstance(node, Mapping):
        return MappingView(node)
    if isinstance(node, list):
        return ListView(node)
    return float(node) if type(node) is int else node


def plain(node: Any) -> Any:
    return node


VIEWS = pytest.mark.parametrize("seen", [plain, view])


@VIEWS
@pytest.mark.parametrize(("rule", "edits"), BREAKS)
def test_exactly_the_broken_rule_speaks(
    good: Manifests, rule: str, edits: tuple[Edit, ...], seen: Callable[[Any], Any]
) -> None:
    violations = judge([seen(each) for each in edited(good, *edits)])
    assert {each.rule for each in violations} == {rule}


@VIEWS
@pytest.mark.parametrize("edits", ALLOWED.values(), ids=ALLOWED)
def test_no_rule_is_crude(good: Manifests, edits: tuple[Edit, ...], seen: Callable[[Any], Any]) -> None:
    assert judge([seen(each) for each in edited(good, *edits)]) == []


def test_every_rule_has_a_failing_case() -> None:
    assert {rule.id for rule in all_rules()} == {rule for rule, _ in BREAKS}


@pytest.mark.parametrize("kind", TEMPLATES)
def test_pods_of_every_workload_are_judged(kind: str) -> None:
    group, _, plain_kind = kind.rpartition("/")
    template: Any = {"spec": {"containers": [{"securityContext": {"privileged": True}}]}}
    for key in reversed(TEMPLATES[kind]):
        template = {key: template}
    item = {"apiVersion": f"{group}/v1".lstrip("/"), "kind": plain_kind, "metadata": {"name": "x"}, **template}
    paths = {each.path for each in judge([item]) if each.rule == "pod-privileged"}
    assert paths == {show((*TEMPLATES[kind], "spec", "containers", 0, "securityContext", "privileged"))}


@pytest.mark.parametrize("edits", [edits for rule, edits in BREAKS if rule == "secret-literal"])
def test_what_looks_like_a_secret_is_not_repeated(good: Manifests, edits: tuple[Edit, ...]) -> None:
    [violation] = judge(edited(good, *edits))
    assert not any(secret in str(violation) for secret in ("correct-horse", "wJalr", "MIIE", "p_a1B2"))


def places(node: Any) -> Iterator[tuple[str | int, ...]]:
    """Every place in an object but the object itself."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (key,)
        yield from ((key, *rest) for rest in places(value))


@pytest.mark.parametrize("junk", [None, 7, "text", ["text"], [[None]], {"a": None}], ids=repr)
def test_malformed_objects_are_judged_without_a_crash(good: Manifests, junk: Any) -> None:
    """Each place of each object once, and one place of every object at a time."""
    found = {label(each): list(places(each)) for each in good}
    for index in range(max(map(len, found.values()))):
        judge(edited(good, *(Edit(each, there[index % len(there)], junk) for each, there in found.items())))


def test_violations_name_object_and_place(good: Manifests) -> None:
    edit = Edit("Deployment/iris", ("metadata", "labels", "slipway/owner"), "")
    [violation] = judge(edited(good, edit))
    assert str(violation) == (
        "mandatory label-owner: Deployment models/iris: metadata.labels['slipway/owner']: has no label slipway/owner"
    )


def test_the_order_of_objects_does_not_matter(good: Manifests) -> None:
    lone = [each for each in good if each.get("kind") != "NetworkPolicy"]
    assert judge(lone)
    assert judge(lone[::-1]) == judge(lone)
