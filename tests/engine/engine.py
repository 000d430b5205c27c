"""Environments that Pulumi carries out on the sandbox's cluster, and what Pulumi itself says of them."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

import sandbox
from sandbox import paths
from tests.e2e.cluster import Object
from tests.e2e.machine import ROOT

CHOSEN = ("PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
"""What a user may say of state and secrets; these tests are of what happens where none of it is said."""


def environ() -> dict[str, str]:
    """Our environment, Pulumi included."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SLIPWAY_") and name not in CHOSEN}


class Project:
    """A folder with one environment file, which runs the project's own program."""

    def __init__(self, folder: Path, name: str, kubeconfig: str, **sections: Any) -> None:
        self.folder, self.name, self._kubeconfig = folder, name, kubeconfig
        folder.mkdir(parents=True)
        project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
        project["main"] = str(ROOT / project["main"])
        (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        self.choose(**sections)

    def choose(self, **sections: Any) -> None:
        """Write the environment file: `models`, `addons`."""
        config = {"slipway:cluster": {"existing": {"kubeconfig": self._kubeconfig}}}
        config |= {f"slipway:{name}": choices for name, choices in sections.items()}
        (self.folder / f"Pulumi.{self.name}.yaml").write_text(yaml.safe_dump({"config": config}))

    def encrypt(self, kubeconfig: str, passphrase: str) -> None:
        """Put contents in place of the kubeconfig's path, as a user of Pulumi does."""
        backend = self.folder / "elsewhere"
        backend.mkdir()
        env = environ() | {"PULUMI_BACKEND_URL": f"file://{backend}", "PULUMI_CONFIG_PASSPHRASE": passphrase}
        key = "slipway:cluster.existing.kubeconfig"
        for command in (("stack", "init", self.name), ("config", "set", "--secret", "--path", key)):
            options = ("--non-interactive", "--cwd", str(self.folder))
            subprocess.run(("pulumi", *command, *options), env=env, input=kubeconfig, text=True, check=True)

    def command(self, command: str) -> tuple[str, ...]:
        """The arguments of `slipway` that carry `command` out here."""
        return "--project", str(self.folder), command, "--env", self.name


class Stack:
    """A stack of Pulumi's, past Slipway's command line."""

    def __init__(self, name: str, home: Path, passphrase: str | None = None) -> None:
        self.name, self._home = name, home / "pulumi"
        generated = {"PULUMI_CONFIG_PASSPHRASE_FILE": str(self._home / "passphrase")}
        self._secret = generated if passphrase is None else {"PULUMI_CONFIG_PASSPHRASE": passphrase}

    def pulumi(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """How `pulumi` ends."""
        command = ("pulumi", *arguments, "--non-interactive", "--cwd", str(self._home / self.name))
        ours = {"PULUMI_BACKEND_URL": f"file://{self._home / 'state'}", **self._secret}
        return subprocess.run(command, env=environ() | ours, capture_output=True, text=True, timeout=300)

    def state(self, *, history: bool) -> str:
        """The state as it is on disk; with `history`, backups and past configuration too."""
        files = (self._home / "state").rglob("*" if history else "stacks/**/*")
        found = "\n".join(path.read_text() for path in sorted(files) if path.is_file())
        assert f"urn:pulumi:{self.name}::" in found
        return found

    def inputs(self) -> list[Object]:
        """The Kubernetes object of each resource, as the program gave it."""
        done = self.pulumi("stack", "export", "--stack", self.name)
        assert done.returncode == 0, done.stderr
        resources = json.loads(done.stdout)["deployment"]["resources"]
        return [each["inputs"] for each in resources if each["type"].startswith("kubernetes:")]


def on_sandbox() -> Stack:
    """The stack of environment `sandbox`, whose state goes with the cluster."""
    return Stack("sandbox", paths.sandbox())


def program(folder: Path, text: str) -> Stack:
    """A stack `worse` of a program of one file, for the sandbox's cluster."""
    stack = Stack("worse", folder)
    workspace = folder / "pulumi" / stack.name
    workspace.mkdir(parents=True)
    (workspace / "__main__.py").write_text(text)
    runtime = {"name": "python", "options": {"virtualenv": sys.prefix}}
    (workspace / "Pulumi.yaml").write_text(yaml.safe_dump({"name": "worse", "runtime": runtime}))
    config = {"kubernetes:kubeconfig": str(sandbox.kubeconfig())}
    (workspace / "Pulumi.worse.yaml").write_text(yaml.safe_dump({"config": config}))
    (folder / "pulumi" / "passphrase").write_text("only for this test")
    (folder / "pulumi" / "state").mkdir()
    done = stack.pulumi("stack", "init", stack.name)
    assert done.returncode == 0, done.stderr
    return stack


def secrets() -> list[str]:
    """What the sandbox's kubeconfig has that nobody else may see: the key as it stands there, and what it says."""
    key = str(yaml.safe_load(sandbox.kubeconfig().read_text())["users"][0]["user"]["client-key-data"])
    return [key, base64.b64decode(key).decode().splitlines()[1]]
