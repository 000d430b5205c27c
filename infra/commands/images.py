"""`slipway images`."""

import typer

from infra import mirrored, output
from infra.options import Env, Json, Project


def command(context: typer.Context, env: Env, as_json: Json = False) -> None:
    """Every image that an environment runs, each with the name that its mirror must have it under, if it has one."""
    project: Project = context.obj
    copied = mirrored.images(project.target(env))
    if as_json:
        output.as_json([{"image": image, "mirror": copy} for image, copy in copied.items()])
    else:
        output.lines(*(f"{image} {copy}" if copy else image for image, copy in copied.items()))
