"""An environment of the tests' own, on the same cluster as the sandbox's but by another kubeconfig."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

import sandbox
from components import render, yaml_text
from infra import settings

from .machine import ROOT, Done, environ, slipway, start, well
from .proxy import Proxy

NAME = "e2e"
KILLER = """#!/bin/sh
# kubectl, whose caller dies when it asks for $KILL_AT of an object of a kind that says $KILL_KIND.
[ $# -gt 0 ] || exit 2
case " $* " in *" -f - "*)
  given=$(cat; echo .)
  case " $* " in *" $KILL_AT "*)
    case "$given" in *"kind: $KILL_KIND"*) kill -KILL $PPID; exit 1;; esac;;
  esac
  printf %s "${given%.}" | KUBECTL "$@"; exit;;
esac
exec KUBECTL "$@"
"""

Models = dict[str, Any]


class Project:
    """A folder with an environment file, and a kubectl that can be told to kill the command that calls it."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._bin = folder, folder / "bin"
        self._bin.mkdir()
        shutil.copy(sandbox.kubeconfig(), folder / "kubeconfig")
        shutil.copy(ROOT / "Pulumi.yaml", folder)
        kubectl = self._bin / "kubectl"
        kubectl.write_text(KILLER.replace("KUBECTL", str(sandbox.kubectl())).replace("$KILL_", "$E2E_KILL_"))
        kubectl.chmod(0o755)
        self._command("up", {})

    def up(self, models: Models, **settings: Any) -> Done:
        """The environment with `models`, which must end well."""
        return well(*self._command("up", models, **settings), env=self._environ())

    def tried(self, models: Models, **settings: Any) -> Done:
        """The same, however it ends."""
        return slipway(*self._command("up", models, **settings), env=self._environ())

    def diff(self, models: Models) -> Done:
        """What `up` with `models` would change, as JSON."""
        return slipway(*self._command("diff", models), "--json", env=self._environ())

    def killed(self, models: Models, at: str, kind: str = "Deployment") -> None:
        """The same, killed by SIGKILL at the moment when it has kubectl apply or delete an object of `kind`."""
        done = slipway(*self._command("up", models), env=self._environ(E2E_KILL_AT=at, E2E_KILL_KIND=kind))
        assert done.code == -9, done.all

    def interrupted(self, models: Models, seconds: float) -> int:
        """The same, hit by SIGKILL after so many seconds; its return code, which is 0 where it was done by then."""
        with start(*self._command("up", models), env=self._environ()) as process:
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=seconds)
            process.kill()
            process.communicate()
        return process.returncode

    def elsewhere(self, models: Models, home: Path) -> "subprocess.Popen[str]":
        """The same, started by somebody whose home is `home`, as on another machine; the caller ends it."""
        return start(*self._command("up", models), env=self._environ(HOME=str(home)))

    @contextmanager
    def by_way_of(self, proxy: Proxy) -> Iterator[None]:
        """Within the block, and whatever was started in it, the cluster is reached through `proxy`."""
        (self._folder / "kubeconfig").write_text(proxy.kubeconfig())
        yield
        shutil.copy(sandbox.kubeconfig(), self._folder / "kubeconfig")

    def objects(self, models: Models) -> str:
        """What the environment with `models` is to have, as YAML."""
        self._command("up", models)
        folders = render.folders(settings.from_file(NAME, self._folder).units())
        return "---\n".join(yaml_text.dump(manifest) for _, objects in folders for manifest in objects)

    def down(self) -> Done:
        """The environment's objects are removed."""
        return well("--project", str(self._folder), "down", "--env", NAME, env=self._environ())

    def _command(self, command: str, models: Models, **settings: Any) -> tuple[str, ...]:
        cluster = {"existing": {"kubeconfig": str(self._folder / "kubeconfig")}}
        chosen = {"cluster": cluster, "models": json.loads(json.dumps(models)), **settings}
        config = {f"slipway:{key}": value for key, value in chosen.items()}
        (self._folder / f"Pulumi.{NAME}.yaml").write_text(yaml.safe_dump({"config": config}))
        return "--project", str(self._folder), command, "--env", NAME

    def _environ(self, **more: str) -> dict[str, str]:
        return environ(str(self._bin), **{"E2E_KILL_AT": "nothing", "E2E_KILL_KIND": "nothing", **more})
