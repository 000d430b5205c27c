"""`slipway cost`."""

import typer
from rich.table import Column

from infra import cost, output
from infra.options import Env, Json, Project


def command(context: typer.Context, env: Env, as_json: Json = False) -> None:
    """What a month of an environment's cluster costs, at list prices."""
    project: Project = context.obj
    target = project.target(env)
    found = cost.of(target) if target.cluster.spec.bill() else None
    if as_json:
        output.as_json(found and found.record())
    elif found:
        what, *figures = cost.HEAD
        output.table((what, *(Column(head, justify="right") for head in figures)), found.rows())
        output.lines(found.note())
    else:
        output.lines(f"No cloud sends a bill for a cluster of kind {target.cluster.kind.key()}.")
