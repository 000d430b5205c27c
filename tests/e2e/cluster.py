"""The sandbox cluster, asked past the command line that is under test."""

import http.client
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sandbox
from components.context import Context
from components.model_stack import ModelStack

Object = dict[str, Any]
NOT_KEPT = {
    "componentstatuses",
    "endpoints",
    "endpointslices",
    "events",
    "ipaddresses",
    "leases",
    "pods",
    "replicasets",
}
"""What Kubernetes itself makes and changes all the time."""


class Cluster:
    """The API server by kubectl, and Services by their ClusterIP, to which this machine has a route."""

    def kubectl(self, *arguments: str, stdin: str = "") -> str:
        """What kubectl prints; it must end with code 0."""
        done = self.tried(*arguments, stdin=stdin)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def tried(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """How kubectl ends."""
        command = (str(sandbox.kubectl()), "--kubeconfig", str(sandbox.kubeconfig()), *arguments)
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=600)

    def get(self, kind: str, name: str, namespace: str = "models") -> Object:
        """One object."""
        options = ("-n", namespace, "-o", "json", "--show-managed-fields")
        found: Object = json.loads(self.kubectl("get", kind, name, *options))
        return found

    def list(self, kinds: str, *options: str) -> list[Object]:
        """Every object of `kinds`, of all namespaces."""
        found: list[Object] = json.loads(self.kubectl("get", kinds, "-A", "-o", "json", *options))["items"]
        return found

    def everything(self) -> dict[str, Object]:
        """Each lasting object by kind, namespace and name."""
        kinds = set(self.kubectl("api-resources", "--verbs=list", "-o", "name").split())
        wanted = sorted(kind for kind in kinds if kind.split(".")[0] not in NOT_KEPT and "metrics" not in kind)
        return {label(each): each for each in self.list(",".join(wanted))}

    def python(self, stack: str, program: str, stdin: str = "", namespace: str = "models") -> str:
        """What `program` prints when the Python of a stack's pod runs it."""
        command = ("python3", "-W", "ignore", "-c", program)
        return self.kubectl("exec", "-i", "-n", namespace, f"deployment/{stack}", "--", *command, stdin=stdin)

    @contextmanager
    def serving(self, stack: ModelStack, seconds: int) -> Iterator[str]:
        """The ClusterIP of a stack that is there within the block, ready after so long at most."""
        everything = json.dumps({"apiVersion": "v1", "kind": "List", "items": stack.objects(Context())})
        self.kubectl("apply", "-f", "-", stdin=everything)
        try:
            self.kubectl("rollout", "status", "-n", "models", f"--timeout={seconds}s", f"deployment/{stack.name}")
            yield self.address(stack.name)
        finally:
            self.kubectl("delete", "--wait=false", "--grace-period=1", "-f", "-", stdin=everything)

    def address(self, service: str, namespace: str = "models") -> str:
        """A Service's ClusterIP."""
        return str(self.get("service", service, namespace)["spec"]["clusterIP"])


def infer(address: str, model: str, request: object) -> Any:
    """POST a V2 inference `request`, by a connection of its own; the answer's JSON. Raises OSError, AssertionError."""
    connection = http.client.HTTPConnection(address, 80, timeout=10)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", f"/v2/models/{model}/infer", json.dumps(request), headers)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    assert response.status == 200, f"{response.status} {body!r}"
    return json.loads(body)


def request(name: str, *rows: list[float]) -> Object:
    """A V2 inference request of one tensor of `rows`."""
    data = [value for row in rows for value in row]
    return {"inputs": [{"name": name, "shape": [len(rows), len(rows[0])], "datatype": "FP64", "data": data}]}


def label(manifest: Object) -> str:
    """Kind, namespace and name."""
    metadata = manifest["metadata"]
    return f"{manifest['kind']} {metadata.get('namespace', '')}/{metadata['name']}"
