"""A pod's folders on this machine, in which the program runs as the init container runs it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from components.context import Context
from components.location import fetching
from components.model import Model

PROGRAM = Path(fetching.__file__).parent / "fetch"
PYTHON = PROGRAM.parents[2] / ".stores" / "bin" / "python"
"""With the very clients of the image that it runs in."""
QUICK = {"attempts": 4, "first_seconds": 0.01, "longest_seconds": 0.02}


class Done(NamedTuple):
    """How the program ended."""

    code: int
    out: str

    @property
    def reason(self) -> str:
        """Its last line."""
        return self.out.splitlines()[-1]


class Pod:
    """`folder` is what its server would find at /mnt/models; it may connect to this machine at `ports` only."""

    def __init__(self, place: Path, authority: str, ports: Iterable[int]) -> None:
        self.folder, self._config = place / "models", place / "config"
        self._authority, self.ports = authority, [*ports]
        self.env: dict[str, str] = {}
        self.redirects: list[str] | None = None
        self.folder.mkdir()
        shutil.copytree(PROGRAM, self._config / "fetch", ignore=shutil.ignore_patterns("__pycache__"))
        (self._config / "files").mkdir()
        (self._config / "files" / "settings.json").write_text("{}")

    def fetch(self, **models: str | Model) -> Done:
        """The program, with a plan for these models."""
        with self.started(**models) as process:
            out, _ = process.communicate(timeout=120)
        return Done(process.returncode, out)

    def started(self, **models: str | Model) -> "subprocess.Popen[str]":
        """The same, still running."""
        plan = self._plan({name: each if isinstance(each, Model) else model(each) for name, each in models.items()})
        (self._config / "plan.json").write_text(json.dumps(plan))
        return subprocess.Popen(
            (str(PYTHON), "-W", "ignore", "-m", "fetch", "plan.json"),
            cwd=self._config,
            env={"PATH": os.environ["PATH"], "CA_CERTIFICATES": self._authority, **self.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def left(self) -> list[str]:
        """Every file that its server would find."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())

    def _plan(self, models: dict[str, Model]) -> dict[str, Any]:
        plan: dict[str, Any] = json.loads(fetching.plan(models, Context()))
        for each in plan["models"]:
            each["target"] = each["target"].replace("/mnt/models", str(self.folder))
        reachable = [["127.0.0.1/32", port] for port in self.ports]
        return plan | {
            **{"folder": str(self.folder), "redirects": self.redirects},
            **{"reachable": reachable, "retries": QUICK},
        }


def model(uri: str, **fields: Any) -> Model:
    """A model at `uri`, checked or not: tests ask this machine, which no URI may name."""
    return Model.model_construct(format="sklearn", uri=uri, artefact=None, **{"sha256": None, "size": "1Gi", **fields})
