"""`slipway diff`."""

from collections import Counter

import typer

from components.errors import SlipwayError
from infra import output, progress
from infra.difference import Change
from infra.options import Json, MaybeEnv, Project
from sandbox import SandboxError, lock

CHANGES, UNKNOWN = 1, 2
STYLES = {"create": "green", "change": "yellow", "replace": "yellow", "delete": "red", "refuse": "bold red"}
LINES = {"+": "green", "-": "red", "@": "cyan"}


def command(context: typer.Context, env: MaybeEnv = None, as_json: Json = False) -> None:
    """What `up` would change, object by object; exit code 0: nothing, 1: something, 2: that cannot be known."""
    project: Project = context.obj
    try:
        target = project.target(env)
        delivery = project.delivery(target)
        progress.perform(delivery.tools())
        with lock.held(target.name):
            found = delivery.changes()
    except (SlipwayError, SandboxError, OSError) as error:
        output.error(error)
        raise typer.Exit(UNKNOWN) from None
    if as_json:
        output.as_json([change._asdict() for change in found])
    else:
        _show(found)
    raise typer.Exit(_code(found))


def _code(found: list[Change]) -> int:
    if any(change.action == "refuse" for change in found):
        return UNKNOWN
    return CHANGES if found else 0


def _show(found: list[Change]) -> None:
    for action, kind, name, diff, note in found:
        output.line(f"{action} {kind} {name}{f' ({note})' if note else ''}", STYLES[action])
        for text in diff.splitlines():
            output.line(f"  {text}", LINES.get(text[0], ""))
    counts = Counter(change.action for change in found)
    output.line(", ".join(f"{count} to {action}" for action, count in counts.items()) or "no changes")
