"""Changes a cluster with kubectl: server-side apply with strict validation, and deletion."""

import json
import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from components import yaml_text
from components.errors import SlipwayError
from components.unit import KubernetesObject
from infra.inventory import identity
from infra.patience import Patience

PASSING = re.compile(
    r"\((ServiceUnavailable|TooManyRequests|Timeout|ServerTimeout)\)|currently unable|too many requests"
    r"|an error on the server|connection (refused|reset|lost)|was refused|\bEOF\b|i/o timeout|TLS handshake timeout"
    r"|etcdserver:|Client\.Timeout|no matches for kind|could not find the requested|failed calling webhook"
    r"|because it is being terminated",
    re.IGNORECASE,
)
"""What kubectl says of a cluster that is starting, busy or being extended: the same question may be answered soon."""
REQUEST = "--request-timeout=60s"


class Kubectl(NamedTuple):
    """One kubectl for one cluster. Each call raises SlipwayError with what the API server said.

    What fails for a reason that may pass is asked again until nothing has succeeded for half a minute.
    """

    binary: Path
    kubeconfig: Path
    context: str | None = None

    def apply(self, objects: Iterable[KubernetesObject], log: IO[str], *extra: str) -> None:
        """Make the cluster have `objects`, in their order; fields that other managers own are taken over."""
        arguments = ("apply", "--server-side", "--force-conflicts", "--field-manager=slipway", "--validate=strict")
        self._run((*arguments, REQUEST, "-f", "-", *extra), objects, log)

    def delete(self, objects: Iterable[KubernetesObject], log: IO[str], seconds: int = 120) -> None:
        """Remove `objects`, and wait so long for each to be gone; those that are gone already are fine."""
        self._run(("delete", "--ignore-not-found", f"--timeout={seconds}s", "-f", "-"), objects, log)

    def find(self, objects: Iterable[KubernetesObject]) -> list[dict[str, Any]]:
        """Those of `objects` that are there, as the cluster has them."""
        given = list(objects)
        printed = self._call(("get", "--ignore-not-found", "-o", "json", "-f", "-", REQUEST), given) if given else []
        parsed = [json.loads(each) for each in printed if each]
        return [item for each in parsed for item in each.get("items", [each])]

    def get(self, manifest: KubernetesObject) -> dict[str, Any] | None:
        """The object of that identity as the cluster has it, or None."""
        kind, metadata = manifest["kind"], manifest["metadata"]
        place = ("-n", metadata["namespace"], "-o", "json", "--ignore-not-found")
        (found,) = self._call(("get", kind, metadata["name"], *place, REQUEST))
        return json.loads(found) if found else None

    def select(self, kind: str, namespace: str, labels: dict[str, str]) -> list[dict[str, Any]]:
        """The objects of `kind` in `namespace` that have all of `labels`."""
        selector = ",".join(f"{key}={value}" for key, value in labels.items())
        (found,) = self._call(("get", kind, "-n", namespace, "-l", selector, "-o", "json", REQUEST))
        return list(json.loads(found)["items"])

    def _run(self, arguments: tuple[str, ...], objects: Iterable[KubernetesObject], log: IO[str]) -> None:
        if given := list(objects):
            log.writelines(self._call(arguments, given))

    def _call(self, arguments: tuple[str, ...], objects: Sequence[KubernetesObject] = ()) -> list[str]:
        """What each call prints. What fails for a passing reason is halved: its better part need not wait."""
        batches, printed, patience = [objects], list[str](), Patience()
        while batches:
            done = self._once(arguments, batches[0])
            if not done.returncode:
                printed.append(done.stdout)
                batches.pop(0)
                patience.renew()
            elif PASSING.search(done.stderr) and patience.lasts():
                batches[:1] = _halves(batches[0])
            else:
                raise SlipwayError(f"kubectl {arguments[0]}{_named(batches[0])}: {done.stderr.strip()[-2000:]}")
        return printed

    def _once(
        self, arguments: tuple[str, ...], objects: Sequence[KubernetesObject]
    ) -> "subprocess.CompletedProcess[str]":
        context = ("--context", self.context) if self.context else ()
        command = (str(self.binary), "--kubeconfig", str(self.kubeconfig), *context, *arguments)
        stream = "---\n".join(map(yaml_text.dump, objects))
        return subprocess.run(command, input=stream, capture_output=True, text=True)


def _halves(batch: Sequence[KubernetesObject]) -> list[Sequence[KubernetesObject]]:
    middle = (len(batch) + 1) // 2
    return [batch[:middle], batch[middle:]] if len(batch) > 1 else [batch]


def _named(batch: Sequence[KubernetesObject]) -> str:
    """One object's name, for not every answer of an API server has it."""
    return f" {batch[0]['kind']} {identity(batch[0]).place}" if len(batch) == 1 else ""
