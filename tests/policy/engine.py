"""The engine's side of a policy pack: it is served as the engine starts it, and asked as the engine asks."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from .edits import Manifest

PACK = Path(__file__).parents[2] / "infra" / "policy"
PYTHON = PACK / ".venv" / "bin" / "python"


class Engine:
    """The engine's side of one policy pack."""

    def __init__(self, stub: analyzer_pb2_grpc.AnalyzerStub) -> None:
        self._stub = stub

    def configure(self, config: dict[str, str]) -> None:
        """Tells the pack the configuration of the stack."""
        request = analyzer_pb2.AnalyzerStackConfigureRequest(stack="dev", project="slipway", config=config)
        self._stub.ConfigureStack(request)

    def policies(self) -> Any:
        return self._stub.GetAnalyzerInfo(Empty()).policies

    def analyze(self, item: Manifest, **changed: Any) -> list[Any]:
        """What the pack says of one object; `changed` fields make another resource of it."""
        return list(self._stub.Analyze(analyzer_pb2.AnalyzeRequest(**{**fields(item), **changed})).diagnostics)

    def diagnostics(self, objects: list[Manifest], live: list[Manifest] | None = None) -> list[Any]:
        """What the pack says of each of `objects` and then of the stack, which shows it the `live` ones."""
        found = [each for item in objects for each in self.analyze(item)]
        stack = [analyzer_pb2.AnalyzerResource(**fields(item)) for item in live or objects]
        return found + list(self._stub.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=stack)).diagnostics)


def fields(item: Manifest) -> dict[str, Any]:
    """A resource as the engine describes it."""
    token, name, inputs = registered(item)
    properties = Struct()
    properties.update(inputs)
    return {"type": token, "properties": properties, "urn": f"urn:pulumi:dev::slipway::{token}::{name}", "name": name}


def registered(item: Manifest) -> tuple[str, str, Manifest]:
    """Type, name and inputs of the resource that an object or a cloud's resource is."""
    if "kind" not in item:
        return item["type"], item["name"], item["properties"]
    group = item["apiVersion"] if "/" in item["apiVersion"] else f"core/{item['apiVersion']}"
    return f"kubernetes:{group}:{item['kind']}", item["metadata"]["name"], item


@contextmanager
def serving() -> Iterator[Engine]:
    """The pack, started as the engine does: its folder as program, and the working directory."""
    command = [str(PYTHON), "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(PACK)]
    with subprocess.Popen(command, cwd=PACK, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
                yield Engine(analyzer_pb2_grpc.AnalyzerStub(channel))
        finally:
            process.kill()
