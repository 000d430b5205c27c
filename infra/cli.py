"""`slipway`: an environment, from the command line."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

import sandbox
from components import render as rendering
from components.errors import Invalid, SlipwayError
from infra import cost, doctor, graph, machine, mirrored, predict, progress, rollout, settings
from infra.charts import checks as chart_checks
from infra.delivery import Delivery
from infra.schema import schema as environment_schema
from sandbox import SandboxError, lock

app = typer.Typer(
    help="From nothing to served models: one environment file, one command.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True, markup=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class _Project:
    """The folder of Pulumi.yaml and the environment files."""

    folder = Path(__file__).parent.parent


Env = Annotated[str, typer.Option("--env", "-e", envvar="SLIPWAY_ENV", help="Environment: Pulumi.<ENV>.yaml.")]
MaybeEnv = Annotated[
    str | None, typer.Option("--env", "-e", envvar="SLIPWAY_ENV", help="Environment; by default what the machine has.")
]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="A file; by default the screen.")]


@app.callback()
def project(
    folder: Annotated[
        Path, typer.Option("--project", envvar="SLIPWAY_PROJECT", help="The folder of Pulumi.yaml.")
    ] = _Project.folder,
) -> None:
    _Project.folder = folder.resolve()


@app.command()
def up(env: MaybeEnv = None) -> None:
    """Bring an environment up, or to what its file says now, and ask a model for a prediction."""
    chosen = machine.choose(env)
    err.print(f"Environment [bold]{chosen.environment}[/bold]: {chosen.reason}.")
    target = _target(chosen.environment)
    delivery = Delivery(target, _Project.folder)
    with lock.held(target.name):
        progress.perform(delivery.up())
    _show_first_prediction(target, delivery)


@app.command()
def down(env: MaybeEnv = None) -> None:
    """Remove everything that `up` has made."""
    target = _target(env)
    with lock.held(target.name):
        progress.perform(Delivery(target, _Project.folder).down())


@app.command()
def status(env: MaybeEnv = None) -> None:
    """What runs: the sandbox's parts, and each workload of the environment."""
    target = _target(env)
    table = Table("what", "state", box=None)
    for name, state in sandbox.status():
        table.add_row(name, state)
    try:
        for name, state in rollout.states(Delivery(target, _Project.folder).live(), target.units()):
            table.add_row(name, state)
    finally:
        out.print(table)


@app.command()
def render(env: Env, to: Annotated[Path, typer.Option("--out", "-o", help="A folder; made, or replaced.")]) -> None:
    """Write an environment's objects as YAML, one folder a unit, numbered in the order to apply them."""
    units = settings.from_file(env, _Project.folder).units()
    rendering.write(units, to)
    err.print(f"{len(units)} units in {to}")
    for line in rendering.unwritten(units):
        err.print(f"note: {line}", markup=False)


@app.command("predict")
def ask(
    model: str,
    env: MaybeEnv = None,
    data: Annotated[str | None, typer.Option("--data", "-d", help="The request: JSON, or @FILE.")] = None,
) -> None:
    """Send a model its own sample request, or yours, and show the answer."""
    target = _target(env)
    found = predict.predict(target, Delivery(target, _Project.folder).live(), model, data)
    out.print(json.dumps(found.answer, indent=2))


@app.command()
def images(env: Env, as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Every image that an environment runs, each with the name that its mirror must have it under, if it has one."""
    copied = mirrored.images(_target(env))
    if as_json:
        out.print(json.dumps([{"image": image, "mirror": copy} for image, copy in copied.items()], indent=2))
    else:
        out.print("\n".join(f"{image} {copy}" if copy else image for image, copy in copied.items()))


@app.command("doctor")
def examine(
    env: MaybeEnv = None,
    charts: Annotated[bool, typer.Option("--charts", help="Look into the repositories of its charts as well.")] = False,
) -> None:
    """What this machine lacks for an environment, and the command that mends it."""
    chosen = machine.choose(env)
    target = _target(chosen.environment)
    checks = [*doctor.checks(target, chosen.environment), *(chart_checks(target.units()) if charts else ())]
    table = Table("", "what", "fact", "cure", box=None)
    for check in checks:
        table.add_row(
            {True: "✓", False: "✗", None: "?"}[check.ok], check.name, check.fact, "" if check.ok else check.cure
        )
    out.print(table)
    if any(check.ok is False for check in checks):
        raise typer.Exit(1)


@app.command("cost")
def price(env: Env) -> None:
    """What a month of an environment's cluster costs, at list prices."""
    target = _target(env)
    if not target.cluster.spec.bill():
        out.print(f"No cloud sends a bill for a cluster of kind {target.cluster.kind.key()}.")
        return
    found = cost.of(target)
    what, *figures = cost.HEAD
    table = Table(what, *(Column(head, justify="right") for head in figures), box=None)
    for cells in found.rows():
        table.add_row(*cells)
    out.print(table, found.note(), sep="\n")


@app.command()
def schema(to: Out = None) -> None:
    """The JSON Schema of an environment file, with which an editor completes and checks it."""
    _write(json.dumps(environment_schema(), indent=2) + "\n", to)


@app.command("graph")
def picture(env: Env, to: Out = None) -> None:
    """Draw an environment: SVG into a file that is called so, else Mermaid."""
    target = _target(env)
    _write(graph.svg(target) if to and to.suffix == ".svg" else graph.mermaid(target), to)


def main() -> None:
    """Entry point: a wrong file or argument is exit code 2, anything else that fails is 1; neither is a traceback."""
    try:
        app()
    except Invalid as error:
        _fail(error, 2)
    except (SlipwayError, SandboxError) as error:
        _fail(error, 1)
    except OSError as error:
        _fail(SlipwayError(f"{error.filename or 'this machine'}: {error.strerror}"), 1)
    except KeyboardInterrupt:
        _fail(SlipwayError("interrupted. Run it again: it goes on where it was"), 130)


def _fail(error: Exception, code: int) -> None:
    err.print("error:", style="red", end=" ")
    err.print(str(error), markup=False)
    sys.exit(code)


def _target(env: str | None) -> settings.Target:
    return settings.from_file(env or machine.choose(None).environment, _Project.folder)


def _write(text: str, to: Path | None) -> None:
    if to:
        to.write_text(text)
    else:
        out.print(text, end="")


def _show_first_prediction(target: settings.Target, delivery: Delivery) -> None:
    asked = [endpoint for endpoint in predict.endpoints(target).values() if endpoint.sample]
    if not asked:
        return
    found = predict.predict(target, delivery.live(), asked[0].model)
    answer = found.answer.get("outputs", found.answer)
    out.print(f"\nAsked {found.endpoint.model}:  {json.dumps(found.request)}")
    out.print(f"It says:     {json.dumps(answer)}\n")
    out.print(f"URL          {found.endpoint.url}  (namespace {delivery.namespace}, from within the cluster)\n")
    out.print("Next, try:")
    for command in (f"predict {asked[-1].model}", "status", "render --out rendered"):
        out.print(f"  .venv/bin/slipway {command} --env {target.name}")


if __name__ == "__main__":
    main()
