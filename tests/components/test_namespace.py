"""What belongs to the models follows them into whatever namespace they live in."""

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import product

from components import catalog
from components.context import Context, Conventions
from components.model_stack import ModelStack
from components.runtimes.mlserver import MLServer
from components.unit import Namespace, Unit
from components.values import merged
from tests.components.addons.choices import EASY, KEYS, variants
from tests.components.server_choices import CONTEXTS, SERVERS, STARTS

BY_HAND = re.compile(r"namespace.{0,8}[\"' ]models[\"'\\]|metadata.name.{0,6}\"models\"|\.models\.svc|/seldon/models/")
"""The default namespace: in a field, in a query, in an address."""


def contexts(space: str) -> Iterator[Context]:
    """Every kind of environment, its models in `space`."""
    models = {"models": Namespace(name=space)}
    for each in (*CONTEXTS, Context(traits=EASY), Context(traits=EASY, conventions=Conventions(profile="laptop"))):
        yield each.model_copy(update={"conventions": each.conventions.model_copy(update=models)})


@cache
def stacks() -> tuple[ModelStack, ...]:
    """Those of the project, and a model server with each of its choices."""
    own = (catalog.instance("model_stacks", name, ModelStack) for name in catalog.names("model_stacks"))
    return (*own, *(MLServer.model_validate(merged(STARTS["mlserver"], choices)) for choices in SERVERS))


def units(space: str) -> Iterator[Unit]:
    for context in contexts(space):
        yield from (addon.unit(context) for key in KEYS for addon in variants(key) if not any(addon.mistakes(context)))
        yield from (stack.unit(context) for stack in stacks() if not any(stack.mistakes(context)))


@cache
def said(space: str) -> str:
    """All that is installed where models live in `space`, and where each is called."""
    called = [each.url for stack, context in product(stacks(), contexts(space)) for each in stack.endpoints(context)]
    return json.dumps([*(unit.model_dump() for unit in units(space)), *called])


def test_everything_moves_with_them() -> None:
    assert said("ai-test") == said("elsewhere").replace("elsewhere", "ai-test")


def test_nothing_says_the_default_by_hand() -> None:
    assert len(BY_HAND.findall(said("ai-test").replace("ai-test", "models"))) > 1000
    assert BY_HAND.findall(said("ai-test")) == []
