"""Carries out an environment with the Pulumi engine."""

import io
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen
from types import MappingProxyType
from typing import IO, Any

import yaml

from components.errors import SlipwayError
from infra import engine_state
from infra.overseer import Look, Overseer, nobody
from sandbox import Step
from sandbox.step import DIES_WITH_US

SECRETS = "--show-secrets"


class Engine:
    """One environment's Pulumi stack.

    Without a backend of the user's choice (PULUMI_BACKEND_URL, PULUMI_ACCESS_TOKEN) its state is below `home`, and
    without a passphrase of theirs one is generated there. The engine writes a salt into the environment file that it
    reads, and deletes it with the stack, so it gets a copy of what `project` has.
    """

    def __init__(self, environment: str, project: Path, home: Path) -> None:
        self._name, self._project, self._home = environment, project, home
        self._workspace = home / environment

    def up(self, look: Look = nobody) -> Step:
        """Create, change and delete resources until they are as the environment says, or `look` says that is vain."""
        return Step("Pulumi up", lambda log: self._change(log, "up", "--skip-preview", look=look))

    def destroy(self) -> Step:
        """Delete every resource of the environment, then its stack."""

        def run(log: IO[str]) -> str:
            detail = self._change(log, "destroy", "--skip-preview")
            self._run(log, "stack", "rm", "--yes", "--preserve-config", "--stack", self._name)
            shutil.rmtree(self._workspace)
            return detail

        return Step("Pulumi destroy", run)

    def preview(self) -> list[dict[str, Any]]:
        """The steps that `up` would take, as the engine lists them. Nothing is made, here or where its state is."""
        with tempfile.TemporaryDirectory() as scratch:
            beside = Engine(self._name, self._project, self._home)
            beside._workspace = Path(scratch)
            return beside._previewed()

    def exists(self) -> bool:
        """Whether the engine has begun to carry out the environment from this machine, and not destroyed it since."""
        return self._workspace.exists()

    def kubeconfig(self) -> str:
        """The kubeconfig of the cluster that the engine made."""
        return self._run(io.StringIO(), "stack", "output", "kubeconfig", SECRETS, "--stack", self._name)

    def _previewed(self) -> list[dict[str, Any]]:
        log, nowhere = io.StringIO(), {}
        self._write()
        try:
            self._run(log, "stack", "select", self._name)
        except SlipwayError as error:
            if "no stack named" not in str(error):
                raise
            nowhere = {"PULUMI_BACKEND_URL": f"file://{self._workspace}"}
            self._run(log, "stack", "init", self._name, env=nowhere)
        printed = self._run(log, "preview", "--json", "--stack", self._name, env=nowhere)
        return list(_document(printed)["steps"])

    def _change(self, log: IO[str], *command: str, look: Look = nobody) -> str:
        self._prepare(log)
        adopting = self._recover(log) if self._unfinished.exists() else {}
        self._unfinished.touch()
        options = ("--yes", "--stack", self._name, "--suppress-progress")
        try:
            printed = self._run(log, *command, *options, look=look, env=adopting)
        except SlipwayError:  # the engine has ended by itself, and noted all that it made
            self._unfinished.unlink()
            raise
        self._unfinished.unlink()
        changes = re.findall(r"^ +([-+~]+ \d+ \w+)", printed.rpartition("Resources:")[2], re.MULTILINE)
        return ", ".join(changes) or "no changes"

    @property
    def _unfinished(self) -> Path:
        """A file that is there while the engine is at work; also afterwards, if it was killed."""
        return self._workspace / "unfinished"

    def _recover(self, log: IO[str]) -> dict[str, str]:
        """What lets the engine take over objects that a killed one has made and could not note any more.

        Never otherwise: two resources that name one object would then delete it when one of them goes.
        """
        options = ("--yes", "--skip-preview", "--suppress-progress", "--stack", self._name)
        self._run(log, "refresh", *options, "--clear-pending-creates")
        return {"PULUMI_K8S_UPSERT_EXISTING_OBJECTS": "true"}

    def _prepare(self, log: IO[str]) -> None:
        self._write()
        if self._is_ours() and engine_state.mend(self._home / "state", self._name):
            self._unfinished.touch()
        self._run(log, "stack", "select", "--create", self._name)
        if self._is_ours():  # what a killed run of ours has locked; our own lock says that none is at work
            self._run(log, "cancel", "--yes", "--stack", self._name)

    def _write(self) -> None:
        """What the engine reads."""
        self._workspace.mkdir(parents=True, exist_ok=True)
        project = yaml.safe_load((self._project / "Pulumi.yaml").read_text())
        project["main"] = str(self._project / project["main"])
        project["runtime"]["options"]["virtualenv"] = sys.prefix
        (self._workspace / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        name = f"Pulumi.{self._name}.yaml"
        (self._workspace / name).write_text((self._project / name).read_text())

    def _run(
        self, log: IO[str], *command: str, look: Look = nobody, env: Mapping[str, str] = MappingProxyType({})
    ) -> str:
        arguments = _mortal("pulumi", *command, "--non-interactive", "--cwd", str(self._workspace))
        log.write(f"$ pulumi {' '.join(command)}\n")
        environ = self._environ() | dict(env)
        engine = Popen(arguments, env=environ, stdout=PIPE, stderr=STDOUT, text=True, process_group=0)
        with engine as process, Overseer(process, look) as overseer:
            assert process.stdout
            try:
                printed = process.stdout.read() if SECRETS in command else overseer.copied(process.stdout, log)
            except BaseException:
                os.killpg(process.pid, signal.SIGINT)
                raise
        if process.returncode:
            raise SlipwayError(f"pulumi {command[0]} failed: {_reason(printed)}")
        return printed

    def _environ(self) -> dict[str, str]:
        chosen = dict(os.environ)
        if self._is_ours():
            (self._home / "state").mkdir(parents=True, exist_ok=True)
            chosen["PULUMI_BACKEND_URL"] = f"file://{self._home / 'state'}"
        if not {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & chosen.keys():
            chosen["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(self._passphrase())
        return {**chosen, "PULUMI_SKIP_UPDATE_CHECK": "true", "PULUMI_CONFIG_COMMAND_TIMEOUT": "60"}

    def _is_ours(self) -> bool:
        """Whether the state is in our folder, not in a backend of the user's choice."""
        return not {"PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"} & os.environ.keys()

    def _passphrase(self) -> Path:
        path = self._home / "passphrase"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(32))
        return path


def available() -> bool:
    """Whether a Pulumi command line is on PATH, with its Python language host and its Kubernetes plugin."""
    if not (shutil.which("pulumi") and shutil.which("pulumi-language-python")):
        return False
    listed = subprocess.run(["pulumi", "plugin", "ls", "--json"], capture_output=True, text=True)
    return any(plugin["name"] == "kubernetes" for plugin in json.loads(listed.stdout or "[]"))


def _mortal(*command: str) -> list[str]:
    """The command, to end when we are killed, where the system can do that: the next run's engine must be alone."""
    return [*(DIES_WITH_US if shutil.which(DIES_WITH_US[0]) else ()), *command]


def _document(printed: str) -> dict[str, Any]:
    """The JSON that the engine has printed among warnings; empty where it did not get so far."""
    with suppress(ValueError):
        return dict(json.JSONDecoder().raw_decode(printed, printed.index("{"))[0])
    return {}


def _reason(printed: str) -> str:
    """The engine's own error messages, without the wall around them."""
    told = [each["message"] for each in _document(printed).get("diagnostics", ())]
    lines = (line.strip() for text in told or [printed] for line in text.splitlines())
    errors = [line for line in lines if line.startswith("error:") and "update failed" not in line]
    return "\n".join(dict.fromkeys(errors)) or printed.strip()[-1000:]
