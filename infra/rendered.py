"""Carries out an environment without an engine: its rendered objects, applied and pruned with kubectl."""

import base64
import secrets
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import filterfalse
from typing import IO

from components import render
from components.errors import SlipwayError
from components.objects import generated
from components.unit import MANAGED_BY, KubernetesObject, Unit, is_held_back
from infra.inventory import NAMESPACE, Identity, identity, note, noted
from infra.kubectl import Kubectl
from infra.removal import remove
from infra.settings import Target
from sandbox import Step

MODIFIED = "the object has been modified"
"""What an API server says of a version that is none any more."""


def refuse_charts(units: Iterable[Unit]) -> None:
    """Raises SlipwayError where a unit is more than its objects: kubectl installs no Helm charts."""
    if charted := [unit.name for unit in units if unit.charts]:
        fact = f"{', '.join(charted)}: made of Helm charts, which kubectl cannot install"
        raise SlipwayError(f"{fact}. Install Pulumi, or render the environment and let Argo CD apply it")


class Rendered:
    """An environment on a cluster that exists."""

    def __init__(self, target: Target, kubectl: Kubectl) -> None:
        self._target, self._kubectl = target, kubectl
        self._written: list[Identity] = []

    def apply(self) -> Step:
        """Make the objects as rendered but those that are held back, and generate the Secrets that are not there.

        All are noted beforehand together with what is there, so that a stop forgets none.
        """

        def run(log: IO[str]) -> str:
            known, version = self._note()
            self._written = list(dict.fromkeys([*known, *map(identity, self._objects)]))
            if self._written != known:
                self._write(self._written, version, log)
            self._kubectl.apply(filterfalse(is_held_back, self._filled()), log)
            return f"{len(self._objects) - len(self._held_back)} objects"

        return Step("Apply with kubectl", run)

    def lead(self) -> Iterator[Step]:
        """Make what is held back, if anything is: what leads requests to pods that are ready by now."""

        def run(log: IO[str]) -> str:
            self._kubectl.apply(self._held_back, log)
            return f"{len(self._held_back)} objects"

        if self._held_back:
            yield Step("Lead requests there", run)

    def of_others(self) -> Iterator[Step]:
        """A line for each namespace that somebody else has made."""
        for name in sorted(self._foreign):
            yield Step(f"Namespace {name} is not ours", lambda log: "used as it is; `down` leaves it")

    def prune(self) -> Step:
        """Remove what an earlier run made and this environment no longer has; to run when the new objects serve."""

        def run(log: IO[str]) -> str:
            known, version = self._note()
            if known != self._written:
                raise self._contended()
            done = self._delete(self._unwanted(known), log)
            if (wanted := list(map(identity, self._objects))) != known:
                self._write(wanted, version, log)
            return done

        return Step("Remove what is no longer wanted", run)

    def remove(self) -> Step:
        """Remove everything that `apply` made."""

        def run(log: IO[str]) -> str:
            done = self._delete(self._own(self._note()[0]), log)
            self._kubectl.delete([note(self._target.name, [])], log)
            return done

        return Step("Remove every object", run)

    def wanted(self) -> Iterator[KubernetesObject]:
        """What `apply` makes."""
        return self._filled()

    def unwanted(self) -> list[Identity]:
        """What `prune` removes."""
        return self._unwanted(self._note()[0])

    def exists(self) -> bool:
        """Whether this environment was applied to the cluster in this way."""
        return bool(self._note()[0])

    @cached_property
    def _objects(self) -> list[KubernetesObject]:
        """What is to be on the cluster, namespaces of ours first; generated Secrets without their values."""
        (_, namespaces), *folders = sorted(render.folders(self._target.units()))
        own = (each for each in namespaces if each["metadata"]["name"] not in self._foreign)
        rest = (manifest for _, objects in folders for manifest in objects)
        return [*own, *(manifest for manifest, _ in generated(self._target.units())), *rest]

    @property
    def _held_back(self) -> list[KubernetesObject]:
        return list(filter(is_held_back, self._objects))

    def _filled(self) -> Iterator[KubernetesObject]:
        """The objects, a generated Secret with values for what the cluster lacks of it, or not at all."""
        digits = {identity(manifest): keys for manifest, keys in generated(self._target.units())}
        for manifest in self._objects:
            keys = digits.get(identity(manifest), {})
            found = (self._kubectl.get(manifest) if keys else None) or {}
            known = {key: base64.b64decode(value).decode() for key, value in found.get("data", {}).items()}
            if lacking := {key: secrets.token_hex(keys[key])[: keys[key]] for key in keys if key not in known}:
                yield {**manifest, "stringData": known | lacking}
            elif not keys:
                yield manifest

    @cached_property
    def _foreign(self) -> frozenset[str]:
        """Namespaces that are there, and neither say nor are noted to be ours: they are not changed, nor removed."""
        noted = {each.name for each in self._note()[0] if each.kind == "Namespace"}
        spaces = {unit.namespace.name: unit.namespace for unit in self._target.units()}
        found = self._kubectl.find(space.manifest() for name, space in spaces.items() if name not in noted)
        return frozenset(
            each["metadata"]["name"]
            for each in found
            if not MANAGED_BY.items() <= each["metadata"].get("labels", {}).items()
        )

    def _note(self) -> tuple[list[Identity], str | None]:
        """What is noted, and which version of the note that is."""
        found = self._kubectl.get(note(self._target.name, []))
        return (noted(found), found["metadata"]["resourceVersion"]) if found else ([], None)

    def _write(self, identities: Iterable[Identity], version: str | None, log: IO[str]) -> None:
        """Note `identities` in place of what has that version. Raises SlipwayError where it is another by now."""
        try:
            self._kubectl.apply([note(self._target.name, identities, version)], log)
        except SlipwayError as error:
            raise self._contended() if MODIFIED in str(error) else error from None

    def _contended(self) -> SlipwayError:
        fact = f"environment {self._target.name!r} is being changed from another machine as well"
        return SlipwayError(f"{fact}. Let that run end, then run it again")

    def _unwanted(self, known: Iterable[Identity]) -> list[Identity]:
        """Of what is noted, what is no longer to be there."""
        kept = {identity(manifest).object for manifest in self._objects}
        return self._own([each for each in known if each.object not in kept])

    def _own(self, identities: list[Identity]) -> list[Identity]:
        """Without what other environments have on this cluster too, such as the models' namespace."""
        shared = self._shared() if identities else set()
        return [each for each in identities if each not in shared]

    def _shared(self) -> set[Identity]:
        """What other environments have noted on this cluster."""
        own = note(self._target.name, [])["metadata"]["name"]
        notes = self._kubectl.select("configmap", NAMESPACE, MANAGED_BY)
        return {each for found in notes if found["metadata"]["name"] != own for each in noted(found)}

    def _delete(self, unwanted: list[Identity], log: IO[str]) -> str:
        remove(self._kubectl, unwanted, log)
        return f"{len(unwanted)} objects" if unwanted else "nothing"
