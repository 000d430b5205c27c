"""What the library adds to the Pulumi engine's own time, and both beside kubectl."""

import json
import os
import shutil
import statistics
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bench import api_server, objects
from bench.measure import ROOT, Ran, process, ratio, rounds, scratch
from bench.report import Section, aim
from model_stacks.iris import IRIS

TAX = 1.02
BARE = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
COLUMNS = ("stacks", "what", "library", "flat", "library / flat", "by CPU", "aim", "kubectl", "library / kubectl")


class Plan(NamedTuple):
    """How many stacks, in how many rounds; without checkpoints the engine writes its state once, at the end."""

    stacks: int
    repeat: int
    checkpoints: bool


class Run(NamedTuple):
    """An `up` on an empty cluster and a `preview` after it, if any; and what the cluster has then."""

    up: Ran
    preview: Ran
    objects: list[dict[str, Any]]


def missing() -> str:
    """Why there is nothing to measure; empty where there is."""
    if not shutil.which("pulumi") or not shutil.which("pulumi-language-python"):
        return "`pulumi` and its Python language host are not on PATH"
    plugins = json.loads(process("pulumi", "plugin", "ls", "--json").printed)
    has = any(plugin["name"] == "kubernetes" for plugin in plugins)
    return api_server.missing() if has else "Pulumi's Kubernetes plugin is not installed"


def measure(plans: tuple[Plan, ...] = (Plan(20, 3, True), Plan(200, 3, False))) -> Section:
    """Carry out each plan with the library, the flat program and kubectl."""
    rows = [row for plan in plans for row in _rows(plan)]
    return Section("Pulumi engine", COLUMNS, rows, _notes(plans))


def _rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    programs = {who: partial(_pulumi, who, plan) for who in ("library", "flat")}
    runs = rounds(plan.repeat, {**programs, "kubectl": partial(_kubectl, plan.stacks)})
    for who in ("flat", "kubectl"):
        objects.must_equal(runs["library"][0].objects, runs[who][0].objects, who)
    up = {who: [run.up for run in each] for who, each in runs.items()}
    preview = {who: [run.preview for run in each] for who, each in runs.items()}
    kept = "" if plan.checkpoints else ", no checkpoints"
    yield (f"{plan.stacks}", f"up{kept}", *_compared(up), _median(up["kubectl"]), f"{_ratio(up, 'kubectl'):.1f}")
    yield (f"{plan.stacks}", "no-op preview", *_compared(preview), "", "")


def _compared(runs: dict[str, list[Ran]]) -> tuple[str, ...]:
    tax, cpu = _ratio(runs, "flat"), ratio(*([run.cpu for run in runs[who]] for who in ("library", "flat")))
    return (_median(runs["library"]), _median(runs["flat"]), f"{tax:.3f}", f"{cpu:.3f}", aim(tax, TAX))


def _ratio(runs: dict[str, list[Ran]], other: str) -> float:
    return ratio(*([run.seconds for run in runs[who]] for who in ("library", other)))


def _median(runs: list[Ran]) -> str:
    return f"{statistics.median(run.seconds for run in runs):.1f} s"


def _pulumi(program: str, plan: Plan) -> Run:
    """One stack of `program` from nothing, on an API server of its own."""
    with api_server.running() as kubeconfig, scratch() as folder:
        _prepare(
            folder,
            program,
            {"kubeconfig": kubeconfig, "models": plan.stacks, "artefact": IRIS.artefact and IRIS.artefact.path},
        )
        environ = _environ(folder) | ({} if plan.checkpoints else BARE)
        command = partial(process, "pulumi", "--non-interactive", "--cwd", folder, env=environ)
        command("stack", "init", "bench")
        up = command("up", "--yes", "--skip-preview", "--suppress-progress", "--stack", "bench")
        preview = command("preview", "--expect-no-changes", "--suppress-progress", "--stack", "bench")
        return Run(up, preview, objects.found(kubeconfig))


def _prepare(folder: Path, program: str, config: dict[str, Any]) -> None:
    runtime = {"name": "python", "options": {"virtualenv": sys.prefix}}
    project = {"name": "bench", "runtime": runtime, "main": str(ROOT / "bench" / "programs" / program)}
    settings = {"config": {f"bench:{key}": str(value) for key, value in config.items()}}
    (folder / "Pulumi.yaml").write_text(json.dumps(project))
    (folder / "Pulumi.bench.yaml").write_text(json.dumps(settings))
    (folder / "state").mkdir()


def _environ(folder: Path) -> dict[str, str]:
    own = {
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "bench",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PYTHONPATH": str(ROOT),
    }
    return {**os.environ, **own}


def _kubectl(count: int) -> Run:
    with api_server.running() as kubeconfig, scratch() as parent:
        folder = parent / "rendered"
        objects.write(count, folder)
        return Run(objects.apply(kubeconfig, folder), Ran(0, 0, ""), objects.found(kubeconfig))


def _notes(plans: tuple[Plan, ...]) -> tuple[str, ...]:
    repeats = ", ".join(f"{plan.repeat} of {plan.stacks}" for plan in plans)
    return (
        f"Medians of rounds: {repeats} stacks. Five objects a stack; each run on an empty etcd and kube-apiserver.",
        "The flat program has Pulumi's typed classes and no component; all three are checked to make the same objects.",
        "There is no controller and no node: both programs set pulumi.com/skipAwait on each object.",
        "`up --skip-preview`, file backend; state and etcd lie in memory.",
        f"Without checkpoints ({', '.join(BARE)}) for time's sake: the state is written once, at the end.",
    )
