"""`slipway`: an environment, from the command line."""

import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from components import catalog
from components.errors import Invalid, SlipwayError
from infra import output
from infra.options import Project
from sandbox import SandboxError, paths

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
        message = error.format_message()
        _fail(f"{message}{'' if message.endswith(('.', '?')) else '.'} `--help` says what there is", error.exit_code)
    except (SlipwayError, SandboxError, OSError) as error:
        _fail(error, 2 if isinstance(error, Invalid) else 1)
    except Exception as error:
        _fail(_unexpected(error), 1)
    if code == INTERRUPTED:
        _fail("interrupted. Run it again: it goes on where it was", INTERRUPTED)
    sys.exit(code)


def _unexpected(error: Exception) -> str:
    """Where a fault of the program came up, in one line; the whole of it goes into a file."""
    *_, frame = traceback.extract_tb(error.__traceback__)
    log = paths.logs() / "fault.log"
    paths.write(log, "".join(traceback.format_exception(error)))
    what = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
    return f"{frame.filename}:{frame.lineno}: {what}. This is a fault of the program. Report it with {log}"


def _fail(found: Exception | str, code: int) -> NoReturn:
    output.error(found)
    sys.exit(code)


if __name__ == "__main__":
    main()
