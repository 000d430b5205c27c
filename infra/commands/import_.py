"""`slipway import`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from components.errors import SlipwayError
from infra import output
from infra.imports import source_code
from infra.imports.importing import Imported, imported

Given = Annotated[str, typer.Argument(metavar="FILE|-", help="Manifests, as `kubectl get -o yaml` prints them.")]
To = Annotated[Path | None, typer.Option("--out", "-o", help="A file, or a folder; by default the screen.")]
Owner = Annotated[str, typer.Option(help="Who answers for the models.")]


def command(file: Given, owner: Owner, to: To = None) -> None:
    """Write the model stacks that emit what a file of Kubernetes objects says; nothing, if any field would be lost."""
    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8", errors="replace")
    found = imported(text, "standard input" if file == "-" else file, owner)
    targets = [(_target(to, each, len(found)), each) for each in found]
    if taken := sorted(str(target) for target, _ in targets if target and target.exists()):
        raise SlipwayError(f"{', '.join(taken)} is there already. Remove it, or choose another --out")
    for target, each in targets:
        module = source_code.module(each.stack, _docstring(each))
        output.document(module if target else f"# model_stacks/{_module(each)}\n{module}", target)
        for note in (*([f"written {target}"] if target else []), *each.notes):
            output.note(note)


def _module(each: Imported) -> str:
    return f"{each.stack.name.replace('-', '_')}.py"


def _docstring(each: Imported) -> str:
    return f"What {each.of.manifest['kind']} {each.stack.name} says, without its status."


def _target(to: Path | None, each: Imported, count: int) -> Path | None:
    """Where a stack goes. Raises SlipwayError where several would go into one file."""
    if not to or not (to.is_dir() or count > 1):
        return to
    if not to.is_dir():
        raise SlipwayError(f"{to} is no folder, and there are {count} stacks. Make it, or choose another --out")
    return to / _module(each)
