"""`slipway graph`."""

import typer

from infra import graph, output
from infra.options import Env, File, Project


def command(context: typer.Context, env: Env, to: File = None) -> None:
    """Draw an environment: SVG into a file that is called so, else Mermaid."""
    project: Project = context.obj
    target = project.target(env)
    output.document(graph.svg(target) if to and to.suffix == ".svg" else graph.mermaid(target), to)
