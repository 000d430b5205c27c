"""`slipway`: an environment, from the command line."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from components import catalog
from components.errors import Invalid, SlipwayError
from infra import output
from infra.options import Project
from sandbox import SandboxError

INTERRUPTED = 130
"""128 and the number of SIGINT, as a shell counts."""

app = typer.Typer(
    help="From nothing to served models: one environment file, one command.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _name in catalog.names("infra.commands"):
    app.command(_name.removesuffix("_"))(import_module(f"infra.commands.{_name}").command)


@app.callback()
def project(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Option("--project", envvar="SLIPWAY_PROJECT", help="The folder of Pulumi.yaml.")
    ] = Path(__file__).parent.parent,
) -> None:
    context.obj = Project(folder.resolve())
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Entry point: a wrong file or argument is exit code 2, anything else that fails is 1; neither is a traceback."""
    try:
        code = app(standalone_mode=False)
    except typer.TyperException as error:
        _fail(f"{error.format_message()} `--help` says what there is", error.exit_code)
    except (SlipwayError, SandboxError, OSError) as error:
        _fail(error, 2 if isinstance(error, Invalid) else 1)
    if code == INTERRUPTED:
        _fail("interrupted. Run it again: it goes on where it was", INTERRUPTED)
    sys.exit(code)


def _fail(found: Exception | str, code: int) -> NoReturn:
    output.error(found)
    sys.exit(code)


if __name__ == "__main__":
    main()
