"""Removes objects in an order in which none gets stuck, and says what holds one that does."""

import re
from collections.abc import Iterator, Sequence
from typing import IO

from components.errors import SlipwayError
from components.unit import KubernetesObject, is_custom
from infra.inventory import Identity, identity
from infra.kubectl import Kubectl

SECONDS = 120
"""The longest wait for one object: a pod is given 30 s to end, a finalizer of a cloud's load balancer a minute."""
REMAINING = re.compile(r"(\S+) has \d+ resource instances")
"""How a Namespace says what is left in it, in its conditions."""

FREE = """--type=merge -p '{"metadata":{"finalizers":null}}'"""


def remove(kubectl: Kubectl, unwanted: Sequence[Identity], log: IO[str], seconds: int = SECONDS) -> None:
    """Delete `unwanted`, which are in the order in which they were made: an operator sees its custom resources go.

    Raises SlipwayError with what holds an object for longer than `seconds`.
    """
    for stage in _stages(_known(kubectl, [each.manifest() for each in reversed(unwanted)])):
        try:
            kubectl.delete(stage, log, seconds)
        except SlipwayError as error:
            held = [line for each in kubectl.find(stage) for line in _holders(kubectl, each)]
            raise SlipwayError("\n".join(held)) if held else error from None


def _known(kubectl: Kubectl, objects: list[KubernetesObject]) -> list[KubernetesObject]:
    """Without custom resources whose definition is gone: they went with it, and nobody knows their kind any more."""
    if not any(map(is_custom, objects)):
        return objects
    definitions = [each["spec"] for each in kubectl.select("customresourcedefinitions", "default", {})]
    known = {(each["group"], each["names"]["kind"]) for each in definitions}
    return [
        each for each in objects if not is_custom(each) or (each["apiVersion"].partition("/")[0], each["kind"]) in known
    ]


def _stages(objects: Sequence[KubernetesObject]) -> Iterator[list[KubernetesObject]]:
    """Custom resources; what carries them out, and all else; then namespaces."""
    yield list(filter(is_custom, objects))
    yield [each for each in objects if not is_custom(each) and each["kind"] != "Namespace"]
    yield [each for each in objects if each["kind"] == "Namespace"]


def _holders(kubectl: Kubectl, found: KubernetesObject) -> Iterator[str]:
    """A sentence and its cure for each thing that keeps `found`, or what is in it, from going."""
    metadata = found["metadata"]
    if "deletionTimestamp" not in metadata:
        return
    if found["kind"] == "Namespace":
        yield from _within(kubectl, found)
    for finalizer in metadata.get("finalizers", ()):
        place, kind = metadata.get("namespace"), found["kind"]
        patch = f"kubectl patch {kind.lower()} {metadata['name']}{f' -n {place}' if place else ''} {FREE}"
        fact = f"{kind} {identity(found).place} does not go: nobody takes its finalizer {finalizer} off"
        yield f"{fact}. Bring back what put it there, and run this again; if there is no such thing any more: {patch}"


def _within(kubectl: Kubectl, namespace: KubernetesObject) -> Iterator[str]:
    """What keeps a namespace: objects that are still in it, or an API of which nobody can say whether there are any."""
    name = namespace["metadata"]["name"]
    conditions = namespace.get("status", {}).get("conditions", ())
    says = {each["type"]: each["message"] for each in conditions if each["status"] == "True"}
    if silent := says.get("NamespaceDeletionDiscoveryFailure", ""):
        yield f"Namespace {name} does not go: {silent}. Mend or delete that API: kubectl get apiservice"
    for resource in REMAINING.findall(says.get("NamespaceContentRemaining", "")):
        for inside in kubectl.select(resource, name, {}):
            yield from _holders(kubectl, inside)
