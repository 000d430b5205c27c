"""Environments with one thing broken: what policy is tried on, and how often it notices.

A mutant is the objects of an environment after the edits of one case that breaks a rule. What an environment has none
of, such as a SeldonDeployment, comes from the good environment.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from components import render
from infra import environment_file, settings
from infra.policy import SetRule, all_rules
from infra.policy.index import Objects
from infra.policy.objects import pod
from infra.policy.verdict import divided
from tests.schema import emitted

from . import cases
from .edits import Manifest, edited, label

PROJECT = Path(__file__).parents[2]
NAMES = environment_file.names(PROJECT)
DIGEST = f"@sha256:{'0' * 64}"
EQUIVALENT = {
    "container-requests": "limits of the CPU reserve it too",
    "reference-volume-claim": "no pod mounts the claim of the good environment",
    "service-account-token": "the ServiceAccount refuses its token as well",
}
"""The rules that one of their cases does not break in our environments, and why."""


class Mutant(NamedTuple):
    """The rule that is broken, and the rules that speak of what was silent before."""

    rule: str
    spoken: frozenset[str]


def environment(name: str) -> list[Manifest]:
    """What an environment deploys, each image by a digest, as a mirror names it."""
    units = settings.from_file(name, PROJECT).units()
    return _mirrored(manifest for _, manifests in render.folders(units) for manifest in manifests)


def everything(folder: Path) -> list[Manifest]:
    """One of each object that any option of a runtime or an add-on emits; model files are put into `folder`."""
    return _mirrored(emitted.objects(folder))


def _mirrored(objects: Iterable[Manifest]) -> list[Manifest]:
    found = {label(each): each for each in json.loads(json.dumps(list(objects)))}
    for workload in filter(None, map(pod, found.values())):
        for _, container in workload.containers:
            assert isinstance(container, dict)
            container["image"] += "" if "@" in container["image"] else DIGEST
    return list(found.values())


def mutants(objects: list[Manifest], good: list[Manifest]) -> Iterator[Mutant]:
    """Every case that can be tried on `objects`, with what policy says of it."""
    whole = _completed(objects, good)
    before, known = _spoken(whole, whole), set(map(id, whole))
    for rule, broken in _broken(whole):
        after = _spoken(broken, [each for each in broken if id(each) not in known])
        yield Mutant(rule, frozenset(said for said, *_ in after - before))


def count(good: list[Manifest]) -> int:
    """How many mutants our environments have."""
    return sum(len(list(_broken(_completed(environment(name), good)))) for name in NAMES)


def _completed(objects: list[Manifest], good: list[Manifest]) -> list[Manifest]:
    return list({label(each): each for each in (*good, *objects)}.values())


def _broken(whole: list[Manifest]) -> Iterator[tuple[str, list[Manifest]]]:
    for rule, edits in cases.BREAKS:
        with suppress(KeyError, IndexError):  # nothing is there to edit
            yield rule, edited(whole, *edits)


def _spoken(objects: list[Manifest], changed: list[Manifest]) -> set[tuple[str, str, str]]:
    """What rules on all objects say of them, and rules on one object of those that are changed."""
    every, few = Objects(objects), Objects(changed)
    found = (each for rule in all_rules() for each in rule.judge(every if isinstance(rule, SetRule) else few))
    return {(each.rule, each.object, each.path) for each in divided(found, every)[0]}
