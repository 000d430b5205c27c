"""`slipway status`."""

import typer

import sandbox
from infra import output, rollout
from infra.options import Json, MaybeEnv, Project


def command(context: typer.Context, env: MaybeEnv = None, as_json: Json = False) -> None:
    """What runs: the sandbox's parts, and each workload of the environment."""
    project: Project = context.obj
    target = project.target(env)
    found = list(sandbox.status())
    try:
        found += rollout.states(project.delivery(target).live(), target.units())
    finally:
        if as_json:
            output.as_json([{"what": what, "state": state} for what, state in found])
        else:
            output.table(("what", "state"), found)
