"""Changes a cluster with kubectl: server-side apply with strict validation, and deletion."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, NamedTuple

from components import yaml_text
from components.errors import SlipwayError
from components.unit import KubernetesObject


class Kubectl(NamedTuple):
    """One kubectl for one cluster. Each call raises SlipwayError with what the API server said."""

    binary: Path
    kubeconfig: Path
    context: str | None = None

    def apply(self, objects: Iterable[KubernetesObject], log: IO[str], *extra: str) -> None:
        """Make the cluster have `objects`, in their order; fields that other managers own are taken over."""
        arguments = ("apply", "--server-side", "--force-conflicts", "--field-manager=slipway", "--validate=strict")
        self._run((*arguments, "-f", "-", *extra), objects, log)

    def delete(self, objects: Iterable[KubernetesObject], log: IO[str], seconds: int = 120) -> None:
        """Remove `objects`, and wait so long for each to be gone; those that are gone already are fine."""
        self._run(("delete", "--ignore-not-found", f"--timeout={seconds}s", "-f", "-"), objects, log)

    def find(self, objects: Iterable[KubernetesObject]) -> list[dict[str, Any]]:
        """Those of `objects` that are there, as the cluster has them."""
        stream = "---\n".join(map(yaml_text.dump, objects))
        found = stream and self._call(("get", "--ignore-not-found", "-o", "json", "-f", "-"), stream)
        parsed = json.loads(found) if found else {"items": []}
        return list(parsed.get("items", [parsed]))

    def get(self, manifest: KubernetesObject) -> dict[str, Any] | None:
        """The object of that identity as the cluster has it, or None."""
        kind, metadata = manifest["kind"], manifest["metadata"]
        found = self._call(
            ("get", kind, metadata["name"], "-n", metadata["namespace"], "-o", "json", "--ignore-not-found")
        )
        return json.loads(found) if found else None

    def select(self, kind: str, namespace: str, labels: dict[str, str]) -> list[dict[str, Any]]:
        """The objects of `kind` in `namespace` that have all of `labels`."""
        selector = ",".join(f"{key}={value}" for key, value in labels.items())
        found: list[dict[str, Any]] = json.loads(
            self._call(("get", kind, "-n", namespace, "-l", selector, "-o", "json"))
        )["items"]
        return found

    def _run(self, arguments: tuple[str, ...], objects: Iterable[KubernetesObject], log: IO[str]) -> None:
        stream = "---\n".join(map(yaml_text.dump, objects))
        if stream:
            log.write(self._call(arguments, stream))

    def _call(self, arguments: tuple[str, ...], stdin: str = "") -> str:
        context = ("--context", self.context) if self.context else ()
        command = (str(self.binary), "--kubeconfig", str(self.kubeconfig), *context, *arguments)
        done = subprocess.run(command, input=stdin, capture_output=True, text=True)
        if done.returncode:
            raise SlipwayError(f"kubectl {arguments[0]}: {done.stderr.strip()[-2000:]}")
        return done.stdout
