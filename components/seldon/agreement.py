"""What the predictors of one deployment must agree on: what Seldon's webhook refuses, and what it should have."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from components.context import Context
from components.errors import Mistake
from components.seldon import manifest, rules, servers
from components.seldon.predictor import SERVICE_NAME, Predictor

SEPARATE = "seldon.io/engine-separate-pod"
GATEWAY, HOST = "seldon.io/istio-gateway", "seldon.io/istio-host"
NUMBERS = (
    "seldon.io/executor-logger-queue-size",
    "seldon.io/executor-logger-write-timeout-ms",
    "seldon.io/grpc-max-message-size",
    "seldon.io/grpc-timeout",
    "seldon.io/istio-retries",
    "seldon.io/istio-retries-timeout",
    "seldon.io/rest-timeout",
)
"""Annotations of which the operator or the executor makes whole numbers, or fails."""
BROKER, KAFKA_PORT = "KAFKA_BROKER", 9092
KAFKA = frozenset((BROKER, "KAFKA_INPUT_TOPIC", "KAFKA_OUTPUT_TOPIC"))
LONGEST = 63

Found = Iterator[str]
Predictors = tuple[Predictor, ...]


class Said(NamedTuple):
    """What a deployment says for all of its predictors."""

    protocol: str | None
    transport: str | None
    server_type: str | None
    annotations: dict[str, str]


def refusals(name: str, predictors: Predictors, said: Said) -> Iterator[Mistake]:
    """What is wrong with the predictors of deployment `name`, each with its cure."""
    yield from (Mistake((), each) for each in _among(name, predictors, said))
    yield from (each.below("annotations") for each in _annotations(said.annotations))


def unserved(predictors: Predictors, told: dict[str, str], hardened: bool, context: Context) -> Iterator[Mistake]:
    """What this environment cannot do for them, each with its cure; `told` are annotations."""
    if hardened and context.conventions.mesh and separate(told):
        fact = "the executor's pods get no label of the mesh, so no node would answer"
        yield Mistake(("annotations", SEPARATE), f"{fact}. Leave it out, or say istio's `mutual_tls: false`")
    if len(predictors) > 1 and not context.conventions.graph_routes:
        fact = f"nothing here routes requests among {len(predictors)} of them"
        yield Mistake(("predictors",), f"{fact}. Let seldon_core have istio, or keep one predictor")


def _among(name: str, predictors: Predictors, said: Said) -> Found:
    yield from _between(name, predictors)
    yield from _protocol(said.protocol, predictors)
    yield from _transport(said.transport, predictors)
    yield from _kafka(predictors) if said.server_type == "kafka" else ()
    yield from _orchestrator(said.annotations, predictors)
    yield from (each for predictor in predictors for each in manifest.too_large(predictor))


def _between(name: str, predictors: Predictors) -> Found:
    yield from _twice("predictors called", (each.name for each in predictors))
    named = (each.annotations[SERVICE_NAME] for each in predictors if SERVICE_NAME in each.annotations)
    yield from _twice(f"predictors with {SERVICE_NAME}", named)
    yield from _shares(predictors)
    for each in predictors:
        if len(full := each.service(name)) > LONGEST:
            fact = f"Service {full} has {len(full)} characters; Kubernetes allows {LONGEST}, and Seldon takes a digest"
            yield f"{fact}. Shorten the name of the stack or of predictor {each.name!r}"
    budgets = sum(bool(component.pdb_spec) for each in predictors for component in each.components)
    if budgets > 1:
        yield f"{budgets} pdb_spec: each would hold for all pods, and then no node can be drained. Keep one"


def _protocol(protocol: str | None, predictors: Predictors) -> Found:
    """Each node whose server does not speak `protocol`."""
    spoken = servers.spoken(protocol)
    for predictor in predictors:
        for node in predictor.graph.walk():
            server, known = rules.server(node), servers.protocols(rules.server(node) or "")
            own = any(component.has_image(node.name) for component in predictor.components)
            if server and spoken not in known and not own:
                fact = f"node {node.name!r}: {server} has an image for protocol {' and '.join(known)}, not for {spoken}"
                yield f"{fact}. Change protocol, or give the node's container an image"
            if node.node and spoken != "seldon":
                yield f"node {node.name!r}: Seldon's Python server speaks seldon, not {spoken}. Change protocol"


def _transport(transport: str | None, predictors: Predictors) -> Found:
    """Nodes that are said to be called otherwise than the deployment is."""
    nodes = [node for predictor in predictors for node in predictor.graph.walk()]
    types = {node.endpoint.type for node in nodes if node.endpoint and node.endpoint.type}
    if len(types) > 1 or (transport and types - {transport.upper()}):
        yield f"endpoints of type {' and '.join(sorted(types))}, transport {transport}. Say transport alone"


def separate(annotations: dict[str, str]) -> bool:
    """Whether executors are in pods of their own."""
    return annotations.get(SEPARATE, "").lower() == "true"


def _orchestrator(annotations: dict[str, str], predictors: Predictors) -> Found:
    """Replicas of executors that are in their nodes' pods."""
    for each in predictors:
        if each.orchestrator.replicas is not None and not separate(annotations):
            fact = f"predictor {each.name!r}: its executor is in the pod of its nodes, and has their replicas"
            yield f"{fact}. Leave orchestrator's replicas out, or say the annotation {SEPARATE}"


def _kafka(predictors: Predictors) -> Found:
    """Predictors that read requests from Kafka and do not know where."""
    for each in predictors:
        if missing := KAFKA - {variable["name"] for variable in each.orchestrator.env}:
            fact = f"predictor {each.name!r}: server_type kafka needs {', '.join(sorted(missing))}"
            yield f"{fact}. Add them to its orchestrator's env"


def brokers(predictors: Predictors) -> tuple[int, ...]:
    """The ports of the Kafka brokers, HOST:PORT divided by commas, that requests are read from."""
    env = (variable for each in predictors for variable in each.orchestrator.env if variable["name"] == BROKER)
    ports = (place.rpartition(":")[2] for each in env for place in each.get("value", "").split(","))
    return tuple(sorted({int(port) if port.isdecimal() else KAFKA_PORT for port in ports}))


def _annotations(annotations: dict[str, str]) -> Iterator[Mistake]:
    """Annotations that the operator stumbles over."""
    for key in NUMBERS:
        if key in annotations and not annotations[key].isdecimal():
            yield Mistake((key,), f"is {annotations[key]!r}. Give a whole number")
    if annotations.get(HOST, "*") == "*" and "mesh" in annotations.get(GATEWAY, "").split(","):
        yield Mistake((GATEWAY,), f"mesh needs a host: Istio refuses '*' there. Say {HOST}")


def _twice(what: str, names: Iterable[str]) -> Found:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{times} {what} {name!r}. Rename one"


def _shares(predictors: Predictors) -> Found:
    live = [each for each in predictors if not each.shadow]
    total = sum(each.traffic or 0 for each in live)
    shadows = len(predictors) - len(live)
    if not predictors:
        yield "there is no predictor. Add one"
    elif not live:
        yield "every predictor is a shadow. Let one answer"
    if shadows > 1:
        yield f"{shadows} shadows, and Seldon copies to one. Keep one"
    if len(live) > 1 and total != 100:
        yield f"traffic of the predictors is {total} % together. Make it 100"
    if len(live) == 1 and total not in (0, 100):
        yield f"the only predictor that answers has traffic {total} %. Leave it out"
