"""All objects together, indexed by what rules over the whole set ask for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from .charts import CHART, of_application
from .objects import Identity, Object, Pod, entries, get, identity, is_resource, kind, mapping, namespace, pod
from .terms import Terms


class Objects(Sequence[Object]):
    """All objects that are judged together, the charts of Applications among them, indexed by what rules ask for."""

    def __init__(self, items: Sequence[Object], terms: Terms | None = None) -> None:
        self._items = (*items, *chain.from_iterable(map(of_application, items)))
        self.terms = terms or Terms()

    def __getitem__(self, index: Any) -> Any:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    @cached_property
    def manifests(self) -> tuple[Object, ...]:
        """All but the resources of clouds."""
        return tuple(item for item in self._items if not is_resource(item))

    @cached_property
    def _by_kind(self) -> dict[str, list[Object]]:
        found: dict[str, list[Object]] = defaultdict(list)
        for item in self._items:
            found[kind(item)].append(item)
        return found

    @cached_property
    def _by_identity(self) -> dict[Identity, Object]:
        return {identity(item): item for item in self._items}

    @cached_property
    def pods(self) -> tuple[Pod, ...]:
        """What every workload's pods are made from."""
        return tuple(found for item in self._items if (found := pod(item)))

    @cached_property
    def _pods_by_label(self) -> dict[tuple[str, str, str], list[Pod]]:
        """Also by namespace alone, under an empty label: selecting among thousands stays linear."""
        found: dict[tuple[str, str, str], list[Pod]] = defaultdict(list)
        for each in self.pods:
            place = namespace(each.workload)
            found[place, "", ""].append(each)
            for key, value in each.labels.items():
                found[place, key, str(value)].append(each)
        return found

    @cached_property
    def charted(self) -> frozenset[str]:
        """The namespaces of charts: what is there besides, nobody can tell."""
        return frozenset(map(namespace, self.of(CHART)))

    def of(self, *kinds: str) -> Iterator[Object]:
        """The objects of these kinds, such as 'apps/Deployment' or 'aws:eks/cluster:Cluster'."""
        return chain.from_iterable(self._by_kind.get(each, ()) for each in kinds)

    def find(self, kind: str, namespace: str, name: str) -> Object | None:
        """One object by its identity."""
        return self._by_identity.get((kind, namespace, name))

    def selected(self, namespace: str, selector: Object) -> Iterator[Pod]:
        """The pods of `namespace` that a LabelSelector picks; an empty one picks all."""
        return (each for each in self._candidates(namespace, selector) if _matches(each.labels, selector))

    def _candidates(self, namespace: str, selector: Object) -> list[Pod]:
        """The fewest pods that one term of a selector leaves."""
        indexed = [self._labelled(namespace, key, values) for key, values in _required(selector)]
        return min(indexed, key=len) if indexed else self._labelled(namespace, "", [""])

    def _labelled(self, namespace: str, key: str, values: Iterable[Any]) -> list[Pod]:
        places = ((namespace, key, value) for value in dict.fromkeys(map(str, values)))
        return [pod for place in places for pod in self._pods_by_label.get(place, ())]

    def picked_by(self, item: Object, *path: str | int) -> Iterator[Pod]:
        """The pods that the selector at `path` of an object picks in its namespace; a Service without one has none."""
        selector = mapping(item, *path)
        if kind(item) != "Service":
            return self.selected(namespace(item), selector)
        return self.selected(namespace(item), {"matchLabels": selector}) if selector else iter(())


def _required(selector: Object) -> Iterator[tuple[str, Iterable[Any]]]:
    """The labels that a selector demands, each with the values that would do."""
    for key, value in mapping(selector, "matchLabels").items():
        yield key, [value]
    for term in entries(selector, "matchExpressions"):
        if get(term, "operator") == "In":
            yield str(get(term, "key")), entries(term, "values")


def _matches(labels: Object, selector: Object) -> bool:
    """https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/"""
    exact = all(labels.get(key) == value for key, value in mapping(selector, "matchLabels").items())
    return exact and all(_meets(labels, term) for term in entries(selector, "matchExpressions"))


def _meets(labels: Object, term: Object) -> bool:
    value, values = labels.get(get(term, "key")), entries(term, "values")
    match get(term, "operator"):
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    return False
