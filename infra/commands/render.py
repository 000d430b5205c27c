"""`slipway render`."""

from pathlib import Path
from typing import Annotated

import typer

from components import render
from infra import output
from infra.options import Env, Project


def command(
    context: typer.Context,
    env: Env,
    to: Annotated[Path, typer.Option("--out", "-o", help="A folder; made, or replaced.")],
) -> None:
    """Write an environment's objects as YAML, one folder a unit, numbered in the order to apply them."""
    project: Project = context.obj
    units = project.target(env).units()
    render.write(units, to)
    output.note(f"{len(units)} units in {to}")
    for line in render.unwritten(units):
        output.note(f"note: {line}")
