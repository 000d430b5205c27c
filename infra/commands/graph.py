"""`slipway graph`."""

from typing import Annotated

import typer

from components import catalog
from components.errors import SlipwayError, nearest
from components.model_stack import ModelStack
from infra import graph, output
from infra.graph import inference
from infra.options import File, MaybeEnv, Project
from infra.settings import Target

Model = Annotated[str | None, typer.Argument(help="A model stack; without it, the whole environment is drawn.")]


def command(context: typer.Context, model: Model = None, env: MaybeEnv = None, to: File = None) -> None:
    """Draw an environment, or the way that requests take through a model stack: SVG into a file that is called so,
    else Mermaid."""
    project: Project = context.obj
    as_svg = to is not None and to.suffix == ".svg"
    if model:
        found = _stack(model, project.target(env) if env else None)
        drawn = inference.svg(found.name, found.picture()) if as_svg else inference.mermaid(found.picture())
    else:
        target = project.target(env)
        drawn = graph.svg(target) if as_svg else graph.mermaid(target)
    output.document(drawn, to)


def _stack(name: str, target: Target | None) -> ModelStack:
    """The stack as its file says it, or as an environment does."""
    if not target:
        return catalog.instance("model_stacks", name.replace("-", "_"), ModelStack)
    stacks = {each.name: each for each in target.environment.stacks}
    if name not in stacks:
        raise SlipwayError(f"environment {target.name!r} has no model stack {name!r}. {nearest(name, stacks)}")
    return stacks[name]
