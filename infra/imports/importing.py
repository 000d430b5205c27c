"""Manifests in, model stacks out: each emits what it was made of, or nothing is made and every reason is said."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pydantic import ValidationError

from components import beside, catalog
from components.context import Context, Conventions
from components.errors import Invalid, Mistake, SlipwayError
from components.mistakes import mistakes, shown
from components.model_stack import ModelStack
from components.pods.patches import strange
from components.unit import KubernetesObject, Namespace
from infra.imports import secrets
from infra.imports.compare import differences
from infra.imports.reading import Document, documents
from infra.imports.source import Draft, Source

KINDS = "infra.imports.kinds"
TYPES = {**beside.KINDS, "Deployment": ("apps/v1", "V1Deployment")}
CURE = "Change it there, or leave this object to what applies it now"


class Imported(NamedTuple):
    """A stack, and what a reader should know about it."""

    stack: ModelStack
    of: Document
    notes: tuple[str, ...]


def imported(text: str, file: str, owner: str) -> list[Imported]:
    """A stack for each object that serves models. Raises Invalid with all that no stack says, field by field."""
    given = documents(text, file)
    own = [each for each in given if not _made_by_another(each.manifest)]
    if wrong := [mistake for each in own for mistake in _unfit(each)]:
        raise Invalid(wrong)
    found, wrong, left = [], list[Mistake](), list(own)
    for source, document in [(source, each) for each in own if (source := _source(each.manifest))]:
        others = [each for each in left if not _source(each.manifest)]
        belonging = source.belongs(document.manifest, [each.manifest for each in others])
        parts = [each for each in others if any(each.manifest is one for one in belonging)]
        left = [each for each in left if each is not document and each not in parts]
        try:
            found.append(_one(source, document, parts, owner))
        except Invalid as error:
            wrong += error.mistakes
    if wrong := [*wrong, *map(_alone, left)]:
        raise Invalid(wrong)
    return found


def _made_by_another(manifest: KubernetesObject) -> bool:
    """Whether a controller makes it anew from an object that says the same."""
    owners = manifest["metadata"].get("ownerReferences")
    return isinstance(owners, list) and any(isinstance(each, dict) and each.get("controller") for each in owners)


def _sources() -> dict[str, Source]:
    return {name: catalog.instance(KINDS, name, Source) for name in catalog.names(KINDS)}


def _source(manifest: KubernetesObject) -> Source | None:
    return next((each for each in _sources().values() if each.reads(manifest)), None)


def _unfit(document: Document) -> Iterator[Mistake]:
    """What is wrong with an object whatever stack it becomes."""
    manifest, source = document.manifest, _source(document.manifest)
    if source and manifest["apiVersion"] != source.version:
        fact = f"apiVersion: {manifest['apiVersion']} cannot be imported"
        yield Mistake((), f"{document.name}: {fact}. Give it as {source.version}, as `kubectl get -o yaml` does")
    elif source and not isinstance(manifest.get("spec", {}), dict):
        yield Mistake((), f"{document.name}: spec must be a mapping. Mend it")
    elif (typed := TYPES.get(manifest["kind"])) and manifest["apiVersion"] == typed[0]:
        yield from (Mistake((), f"{document.name}: {each}") for each in strange(manifest, typed[1], ()))
    for path in secrets.inline(manifest):
        fact = "looks like a secret, and a stack is a file of your repository"
        cure = "Keep it in a Secret, and read it with valueFrom.secretKeyRef"
        yield Mistake((), f"{document.name}: {Mistake(path, fact)}. {cure}")


def _alone(document: Document) -> Mistake:
    kinds = " or ".join(sorted(each.kind for each in _sources().values()))
    fact = f"belongs to no {kinds} of this file, and only what belongs to one is imported"
    return Mistake((), f"{document.name}: {fact}. Leave it out, and keep applying it as you do")


def _one(source: Source, document: Document, parts: Sequence[Document], owner: str) -> Imported:
    """The stack of one object. Raises Invalid where it would not emit it and what belongs to it."""
    space = document.manifest["metadata"].get("namespace")
    try:
        context = Context(conventions=Conventions(models=Namespace(name=space))) if space else Context()
        stack = source.stack(document.manifest, [each.manifest for each in parts], Draft(owner, context))
        emitted = stack.objects(context)
    except ValidationError as error:
        raise Invalid(_located(source, document, mistakes(error, source.model))) from None
    except SlipwayError as error:
        raise Invalid(_located(source, document, getattr(error, "mistakes", [Mistake((), str(error))]))) from None
    if wrong := list(_unsaid(source, [document, *parts], emitted, stack)):
        raise Invalid(wrong)
    return Imported(stack, document, tuple(_notes(source, stack, space)))


def _located(source: Source, document: Document, found: Iterable[Mistake]) -> list[Mistake]:
    return [Mistake((), f"{document.name}: {Mistake(source.place(each.path), each.message)}") for each in found]


def _unsaid(
    source: Source, given: Sequence[Document], emitted: Sequence[KubernetesObject], stack: ModelStack
) -> Iterator[Mistake]:
    """Each place where what is emitted is not what was given, once the API server has filled in both."""
    ours = {(each["kind"], each["metadata"]["name"]): each for each in emitted}
    for document in given:
        one = document.manifest
        other = ours.pop((one["kind"], one["metadata"]["name"]), {})
        for path, wanted, said in differences(source.filled(one), source.filled(source.unlabelled(other, one, stack))):
            if path == ("metadata", "namespace") and wanted is None:
                continue
            fact = f"{shown(wanted) if wanted is not None else 'nothing'} would become"
            text = f"{fact} {shown(said) if said is not None else 'nothing'}: no stack says it"
            yield Mistake((), f"{document.name}: {Mistake(path, text)}. {CURE}")
    for kind, name in ours:
        yield Mistake((), f"{given[0].name}: its stack would add {kind} {name}. Report it: nothing should be added")


def _notes(source: Source, stack: ModelStack, space: str | None) -> Iterator[str]:
    if space not in (None, Context().models.name):
        fact = (
            f"it is in namespace {space}. An environment that says `slipway:namespace: {space}` takes it over in place"
        )
        yield f"{stack.name}: {fact}; in any other it starts a second time: move callers, then remove the first"
    if off := source.hardening(stack):
        yield f"{stack.name}: as before, without hardening. To switch on next: {', '.join(off)}"
