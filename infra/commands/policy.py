"""`slipway policy`."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from infra import output
from infra.judgement import FailOn, Judgement, judgement
from infra.options import Env, File, Project
from infra.policy import all_rules
from infra.reports import junit, record, sarif


class Format(StrEnum):
    """How the verdict is written."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


REPORTS: dict[Format, Callable[[Judgement], str]] = {
    Format.JSON: record.text,
    Format.SARIF: sarif.text,
    Format.JUNIT: junit.text,
}


def command(
    context: typer.Context,
    env: Env,
    to: File = None,
    format: Annotated[Format, typer.Option("--format", "-f", help="What reads it.")] = Format.TABLE,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="The least severity that fails.")] = FailOn.MANDATORY,
) -> None:
    """Hold what an environment deploys against every rule of policy; exit code 1 where something fails."""
    if to and format is Format.TABLE:
        raise typer.BadParameter("--out takes what --format json, sarif or junit writes. Add --format")
    project: Project = context.obj
    found = judgement(project.target(env), project.folder, fail_on)
    if format is Format.TABLE:
        _show(found)
    else:
        output.document(f"{REPORTS[format](found)}\n", to)
    if any(map(found.fails, found.verdict.violations)):
        raise typer.Exit(1)


def _show(found: Judgement) -> None:
    verdict, level = found.verdict, found.target.terms.level
    if verdict.violations:
        head = ("severity", "rule", "object", "where", "what")
        output.table(head, ((e.severity, e.rule, e.object, e.path, e.message) for e in verdict.violations))
    for excepted in dict.fromkeys(exemption for _, exemption in verdict.excepted):
        output.lines(str(excepted))
    for unused in verdict.unused:
        output.note(f"note: nothing needs this exception any more. Remove it: {unused}")
    output.note(f"level {level}: {len(all_rules())} rules, broken {len(verdict.violations)} times")
    if found.target.cluster.spec.extra:
        output.note("note: judged is what is rendered; the cloud's own resources are left to the policy pack")
