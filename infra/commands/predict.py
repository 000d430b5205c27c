"""`slipway predict`."""

from typing import Annotated

import typer

from infra import output, predict
from infra.options import MaybeEnv, Project


def command(
    context: typer.Context,
    model: str,
    env: MaybeEnv = None,
    data: Annotated[str | None, typer.Option("--data", "-d", help="The request: JSON, or @FILE.")] = None,
) -> None:
    """Send a model its own sample request, or yours, and show the answer, which is JSON."""
    project: Project = context.obj
    target = project.target(env)
    output.as_json(predict.predict(target, project.delivery(target).live(), model, data).answer)
