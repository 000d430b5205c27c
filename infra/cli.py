"""`slipway`: an environment, from the command line."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from components import render as rendering
from components.errors import SlipwayError
from infra import settings

app = typer.Typer(
    help="From nothing to served models: one environment file, one command.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

FOLDER = Path(__file__).parent.parent
"""Where Pulumi.yaml and the environment files are."""

Env = Annotated[str, typer.Option("--env", "-e", envvar="SLIPWAY_ENV", help="Environment: Pulumi.<ENV>.yaml.")]


@app.command()
def render(env: Env, to: Annotated[Path, typer.Option("--out", "-o", help="A folder; made, or replaced.")]) -> None:
    """Write an environment's objects as YAML, one folder a unit, numbered in the order to apply them."""
    units = settings.from_file(env, FOLDER).units()
    rendering.write(units, to)
    err.print(f"{len(units)} units in {to}")


def main() -> None:
    """Entry point: mistakes of the user's are exit code 2, the world's are 1; neither shows a traceback."""
    try:
        app()
    except SlipwayError as error:
        err.print(f"[red]error:[/red] {error}")
        sys.exit(1)


if __name__ == "__main__":
    main()
