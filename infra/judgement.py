"""What policy says of an environment's rendered objects, and where each of them comes from."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from components import render
from components.objects import generated
from components.unit import identity
from infra import environment_file
from infra.policy import Severity, Verdict, Violation, verdict
from infra.policy.charts import of_application
from infra.policy.objects import called
from infra.settings import PREFIX, Target


class FailOn(StrEnum):
    """From which severity on a violation fails."""

    ADVISORY = "advisory"
    MANDATORY = "mandatory"
    NEVER = "never"


class Place(NamedTuple):
    """The line of the environment file that asks for an object, and the file that `slipway render` writes it to."""

    file: str
    line: int
    rendered: str


class Judgement(NamedTuple):
    """A verdict, with the place of each object as policy calls it."""

    target: Target
    verdict: Verdict
    places: Mapping[str, Place]
    fail_on: FailOn

    def fails(self, violation: Violation) -> bool:
        """Whether a violation is as serious as that."""
        return violation.severity in FAILING[self.fail_on]


FAILING = {FailOn.ADVISORY: tuple(Severity), FailOn.MANDATORY: (Severity.MANDATORY,), FailOn.NEVER: ()}


def judgement(target: Target, folder: Path, fail_on: FailOn = FailOn.MANDATORY) -> Judgement:
    """The verdict on the environment that the files of `folder` say."""
    units = target.units()
    rendered = list(render.folders(units))
    objects = [manifest for _, manifests in rendered for manifest in manifests]
    objects += (secret for secret, _ in generated(units))
    return Judgement(target, verdict(objects, target.terms), dict(_places(target, rendered, folder)), fail_on)


def _places(target: Target, rendered: list[render.Folder], folder: Path) -> Iterator[tuple[str, Place]]:
    document = environment_file.read(target.name, folder)
    for name, manifests in rendered:
        line = document.line(_asked_for(target, name.partition("-")[2]))
        for manifest in manifests:
            place = Place(document.path.name, line, f"{name}/{identity(manifest)}.yaml")
            yield from ((called(each), place) for each in (manifest, *of_application(manifest)))


def _asked_for(target: Target, unit: str) -> tuple[str, str]:
    """Where the environment file asks for a unit."""
    stacks = {stack.name for stack in target.environment.stacks}
    section, key = ("models", unit) if unit in stacks else ("addons", unit.replace("-", "_"))
    return f"{PREFIX}{section}", key
