"""`slipway doctor`."""

from typing import Annotated

import typer

from infra import charts, doctor, machine, output
from infra.options import Json, MaybeEnv, Project

MARKS = {True: "✓", False: "✗", None: "?"}


def command(
    context: typer.Context,
    env: MaybeEnv = None,
    as_json: Json = False,
    look_at_charts: Annotated[
        bool, typer.Option("--charts", help="Look into the repositories of its charts as well.")
    ] = False,
) -> None:
    """What this machine lacks for an environment, and the command that mends it; exit code 1 where it lacks any."""
    project: Project = context.obj
    target = project.target(name := machine.choose(env).environment)
    checks = [*doctor.checks(target, name), *(charts.checks(target.units()) if look_at_charts else ())]
    if as_json:
        output.as_json([check._asdict() for check in checks])
    else:
        rows = ((MARKS[each.ok], each.name, each.fact, "" if each.ok else each.cure) for each in checks)
        output.table(("", "what", "fact", "cure"), rows)
    if any(check.ok is False for check in checks):
        raise typer.Exit(1)
