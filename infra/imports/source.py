"""What a kind of source is: an object that serves models, and what belongs to it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from components.context import Context
from components.model_stack import ModelStack
from components.unit import KubernetesObject
from infra.imports.compare import Path

Objects = Sequence[KubernetesObject]


class Draft(NamedTuple):
    """Who is to own a stack, and where it is."""

    owner: str
    context: Context


class Source(NamedTuple):
    """Objects of `kind` and API `version` become stacks of `model`."""

    kind: str
    version: str
    model: type[ModelStack]
    belongs: Callable[[KubernetesObject, Objects], list[KubernetesObject]]
    """Those of the others that go with the object."""
    stack: Callable[[KubernetesObject, Objects, Draft], ModelStack]
    """Raises ValidationError or Invalid for what no stack can say."""
    filled: Callable[[KubernetesObject], KubernetesObject]
    """An object with what the API server fills in."""
    place: Callable[[Path], Path]
    """Where in the object the field of a stack is that is wrong."""
    hardening: Callable[[ModelStack], Sequence[str]]
    """What of ours the stack turns off, by its place in the stack."""
    labelled: bool = False
    """Whether the object gets its owner's labels, which its pods do not."""

    def reads(self, manifest: KubernetesObject) -> bool:
        """Whether that is such an object, of whatever version."""
        group = self.version.partition("/")[0]
        return bool(manifest["kind"] == self.kind and manifest["apiVersion"].partition("/")[0] == group)

    def unlabelled(self, ours: KubernetesObject, theirs: KubernetesObject, stack: ModelStack) -> KubernetesObject:
        """Our object without the labels that it alone has, where it may have them."""
        if not self.labelled or not ours:
            return ours
        added = stack.labels.keys() - theirs["metadata"].get("labels", {}).keys()
        found = {key: text for key, text in ours["metadata"]["labels"].items() if key not in added}
        rest = {key: value for key, value in ours["metadata"].items() if key != "labels"}
        return {**ours, "metadata": {**rest, **({"labels": found} if found else {})}}
