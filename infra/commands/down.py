"""`slipway down`."""

import typer

from infra import progress
from infra.options import MaybeEnv, Project
from sandbox import lock


def command(context: typer.Context, env: MaybeEnv = None) -> None:
    """Remove everything that `up` has made."""
    project: Project = context.obj
    target = project.target(env)
    with lock.held(target.name):
        progress.perform(project.delivery(target).down())
