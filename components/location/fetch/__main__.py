"""Carries out a plan (JSON): lays the files beside it out, then brings each model, and ends with 1 where it cannot."""

import json
import os
import shutil
import signal
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .guard import watch
from .remote import Refused, Wanted
from .retry import Retries
from .transfer import bring, verify
from .trust import trust

TERMINATION_LOG = Path("/dev/termination-log")
"""What Kubernetes shows as the reason why a container ended."""


def main(file: Path) -> int:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))  # as process 1 it would not be ended otherwise
    plan = json.loads(file.read_text())
    folder, work = Path(plan["folder"]), Path(plan["folder"], ".partial")
    work.mkdir(exist_ok=True)
    trust(work)
    watch((network, port) for network, port in plan["reachable"])
    _lay_out(file.parent / "files", folder)
    reasons = [reason for each in plan["models"] if (reason := _refusal(Wanted(**each), plan, work))]
    if reasons:
        return _failed("; ".join(reasons))
    shutil.rmtree(work)
    return 0


def _refusal(wanted: Wanted, plan: dict[str, Any], work: Path) -> str | None:
    """Bring or check one model; why that is not possible."""
    try:
        if Path(wanted.target).exists() or not find_spec(_source(wanted)):
            verify(wanted, Path(wanted.target))
        else:
            _bring(wanted, plan["redirects"], work / wanted.name, Retries(**plan["retries"]))
    except (Refused, OSError) as error:
        return f"model {wanted.name!r} ({wanted.uri}): {error}"
    return None


def _bring(wanted: Wanted, redirects: list[str] | None, work: Path, retries: Retries) -> None:
    source = import_module(_source(wanted))
    bring(wanted, retries.insist(wanted.name, lambda: list(source.files(wanted, redirects))), work, retries)


def _source(wanted: Wanted) -> str:
    return f"{__package__}.sources.{wanted.scheme}"


def _lay_out(files: Path, folder: Path) -> None:
    """Copy what a ConfigMap holds, without the links by which it is mounted."""
    for file in (each for each in files.rglob("*") if each.is_file()):
        target = folder / file.relative_to(files)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)


def _failed(reason: str) -> int:
    print(reason, flush=True)
    if TERMINATION_LOG.exists():
        TERMINATION_LOG.write_text(reason)
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
