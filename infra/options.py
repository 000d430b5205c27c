"""What several commands ask for."""

from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from infra import machine, settings
from infra.delivery import Delivery

Env = Annotated[str, typer.Option("--env", "-e", envvar="SLIPWAY_ENV", help="Environment: Pulumi.<ENV>.yaml.")]
MaybeEnv = Annotated[
    str | None, typer.Option("--env", "-e", envvar="SLIPWAY_ENV", help="Environment; by default what the machine has.")
]
File = Annotated[Path | None, typer.Option("--out", "-o", help="A file; by default the screen.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


class Project(NamedTuple):
    """The folder of Pulumi.yaml and the environment files: what each command finds as its context's `obj`."""

    folder: Path

    def target(self, env: str | None) -> settings.Target:
        """The environment of that name, or the one that fits this machine."""
        return settings.from_file(machine.choose(env).environment, self.folder)

    def delivery(self, target: settings.Target) -> Delivery:
        """How it reaches its cluster."""
        return Delivery(target, self.folder)
