"""`slipway`: an environment, from the command line."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

import sandbox
from components import render as rendering
from components.errors import Invalid, SlipwayError
from infra import machine, predict, progress, rollout, settings
from infra.delivery import Delivery
from sandbox import SandboxError, lock

app = typer.Typer(
    help="From nothing to served models: one environment file, one command.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True, markup=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)

FOLDER = Path(__file__).parent.parent
"""Where Pulumi.yaml and the environment files are."""

Env = Annotated[str, typer.Option("--env", "-e", envvar="SLIPWAY_ENV", help="Environment: Pulumi.<ENV>.yaml.")]
MaybeEnv = Annotated[
    str | None, typer.Option("--env", "-e", envvar="SLIPWAY_ENV", help="Environment; by default what the machine has.")
]


@app.command()
def up(env: MaybeEnv = None) -> None:
    """Bring an environment up, or to what its file says now, and ask a model for a prediction."""
    chosen = machine.choose(env)
    err.print(f"Environment [bold]{chosen.environment}[/bold]: {chosen.reason}.")
    target = settings.from_file(chosen.environment, FOLDER)
    delivery = Delivery(target, FOLDER)
    with lock.held(target.name):
        progress.perform(delivery.up())
    _show_first_prediction(target, delivery)


@app.command()
def down(env: MaybeEnv = None) -> None:
    """Remove everything that `up` has made."""
    target = settings.from_file(machine.choose(env).environment, FOLDER)
    with lock.held(target.name):
        progress.perform(Delivery(target, FOLDER).down())


@app.command()
def status(env: MaybeEnv = None) -> None:
    """What runs: the sandbox's parts, and each model."""
    target = settings.from_file(machine.choose(env).environment, FOLDER)
    table = Table("what", "state", box=None)
    for name, state in sandbox.status():
        table.add_row(name, state)
    live = Delivery(target, FOLDER).live()
    for name, state in rollout.states(live, target.units()):
        table.add_row(name, state)
    out.print(table)


@app.command()
def render(env: Env, to: Annotated[Path, typer.Option("--out", "-o", help="A folder; made, or replaced.")]) -> None:
    """Write an environment's objects as YAML, one folder a unit, numbered in the order to apply them."""
    units = settings.from_file(env, FOLDER).units()
    rendering.write(units, to)
    err.print(f"{len(units)} units in {to}")


@app.command("predict")
def ask(
    model: str,
    env: MaybeEnv = None,
    data: Annotated[str | None, typer.Option("--data", "-d", help="The request: JSON, or @FILE.")] = None,
) -> None:
    """Send a model its own sample request, or yours, and show the answer."""
    target = settings.from_file(machine.choose(env).environment, FOLDER)
    request = Path(data[1:]).read_text() if data and data.startswith("@") else data
    answer = predict.predict(target, Delivery(target, FOLDER).live(), model, request).answer
    out.print(json.dumps(answer, indent=2))


def main() -> None:
    """Entry point: a wrong file or argument is exit code 2, anything else that fails is 1; neither is a traceback."""
    try:
        app()
    except Invalid as error:
        _fail(error, 2)
    except (SlipwayError, SandboxError) as error:
        _fail(error, 1)
    except KeyboardInterrupt:
        _fail(SlipwayError("interrupted. Run it again: it goes on where it was"), 130)


def _fail(error: Exception, code: int) -> None:
    err.print("error:", style="red", end=" ")
    err.print(str(error), markup=False)
    sys.exit(code)


def _show_first_prediction(target: settings.Target, delivery: Delivery) -> None:
    asked = [endpoint for endpoint in predict.endpoints(target).values() if endpoint.sample]
    if not asked:
        return
    found = predict.predict(target, delivery.live(), asked[0].model)
    env = target.name
    out.print(f"\n{found.endpoint.model} was asked  {json.dumps(found.request)}")
    out.print(f"and answered    {json.dumps(found.answer.get('outputs', found.answer))}")
    out.print(f"\nURL in the cluster  {found.endpoint.url}")
    out.print(f"\nNext:  slipway predict {asked[-1].model} --env {env}")


if __name__ == "__main__":
    main()
