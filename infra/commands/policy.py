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
    verdict = found.verdict
    if verdict.violations:
        output.table(
            ("severity", "rule", "object", "where", "what"),
            ((e.severity, e.rule, e.object, e.path, e.message) for e in verdict.violations),
        )
    said = dict.fromkeys(exemption for _, exemption in verdict.excepted)
    if said:
        output.table(
            ("excepted", "of", "until", "because"),
            ((e.rule, e.object, str(e.until or "it changes"), e.reason) for e in said),
        )
    for each in verdict.unused:
        output.note(f"note: nothing needs the exception from {each.rule} for {each.object}. Remove it")
    output.note(
        f"{len(verdict.violations)} violations of {len(all_rules())} rules, at level {found.target.terms.level}"
    )
    if found.target.cluster.spec.extra:
        output.note("note: this is what is rendered; of the cloud's resources, the policy pack judges (docs/policy.md)")
