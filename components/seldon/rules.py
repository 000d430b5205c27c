"""What a node of a graph may be, beyond its fields' types: what Seldon's webhook refuses, and what it takes and then
does otherwise than one reads it."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from components.location.uri import REGISTRY, location
from components.seldon.servers import FORMATS, NAMES, SELF_FETCHING

if TYPE_CHECKING:
    from components.seldon.graph import Graph, Parameter

SPLIT = "RANDOM_ABTEST"
"""The one router that the executor has itself."""
FORGOTTEN = ("SIMPLE_MODEL", "SIMPLE_ROUTER", "AVERAGE_COMBINER")
"""Implementations that the definition knows, and the executor does not."""
UNSAID = (None, "UNKNOWN_IMPLEMENTATION")
SCHEMES = ("gs", "pvc", "s3")
REPEATED = "load_model"
"""A parameter of Triton that may be there several times."""


def server(node: "Graph") -> str | None:
    """The server of Seldon's that loads the node's model, if one does."""
    if node.model:
        return FORMATS.get(node.model.format)
    return None if node.implementation in (*UNSAID, *FORGOTTEN, SPLIT) else node.implementation


def routes(node: "Graph") -> bool:
    """Whether it chooses among its children."""
    return node.type == "ROUTER" or "ROUTE" in node.methods or node.implementation == SPLIT


def combines(node: "Graph") -> bool:
    """Whether it makes one answer of its children's."""
    return node.type == "COMBINER" or "AGGREGATE" in node.methods


def needs_container(node: "Graph") -> bool:
    """Whether it runs only where a component has a container of its name."""
    return node.implementation in UNSAID and not (node.model or node.node)


def refusals(node: "Graph") -> Iterator[str]:
    """What is wrong with a node, each with its cure."""
    yield from _source(node)
    yield from _served(node) if node.model or server(node) else ()
    yield from _split(node) if node.implementation == SPLIT else ()
    yield from _children(node)
    yield from _parameters(node.parameters)


def _source(node: "Graph") -> Iterator[str]:
    given = [each for each in ("model", "node", "implementation") if getattr(node, each) not in UNSAID]
    if len(given) > 1:
        yield f"says {' and '.join(given)}. Keep one"
    if node.implementation in FORGOTTEN:
        yield f"has implementation {node.implementation}, which the executor passes by. Write it as a node"
    if node.type == "UNKNOWN_TYPE" and not (node.methods or server(node) or node.implementation == SPLIT):
        yield "is of UNKNOWN_TYPE and has no methods: nothing of it is called. Say its type"


def _served(node: "Graph") -> Iterator[str]:
    if node.type not in (None, "MODEL"):
        yield f"is a {node.type}, and a server's model is always a MODEL. Leave type out"
    if node.model:
        yield from _fetched(node)
    elif node.implementation not in NAMES:
        yield f"has implementation {node.implementation}, which the add-on does not bring. Known: {', '.join(NAMES)}"
    elif not node.model_uri and node.implementation != SELF_FETCHING:
        yield f"has no model_uri, which {node.implementation} needs. Add it"


def _fetched(node: "Graph") -> Iterator[str]:
    model = node.model
    assert model
    if node.model_uri:
        yield "says model and model_uri. Keep one"
    if not model.uri:
        yield "has an artefact of this machine, and Seldon fetches models itself. Upload it, and say its uri"
    elif (scheme := location(model.uri).scheme) not in (*SCHEMES, REGISTRY):
        yield f"has its model at {scheme}://, and Seldon fetches {', '.join(SCHEMES)}. Copy it, or write it as a node"
    if model.sha256:
        yield "says sha256, which Seldon's fetching does not check. Leave it out, or write the model as a node"


def _split(node: "Graph") -> Iterator[str]:
    if node.type not in (None, "UNKNOWN_TYPE"):
        yield f"is a {node.type} and {SPLIT}: the executor would call a server that is not there. Leave type out"
    if len(node.children) != 2:
        yield f"has {len(node.children)} children, and {SPLIT} chooses between two. Give it two"
    ratio = [each for each in node.parameters if each.name == "ratioA" and _reads(float, each.value)]
    if node.parameters and not (len(node.parameters) == len(ratio) == 1 and 0 <= float(ratio[0].value) <= 1):
        yield f"needs one parameter, ratioA, between 0 and 1; {SPLIT} halves otherwise. Mend it, or leave it out"


def _children(node: "Graph") -> Iterator[str]:
    count = len(node.children)
    if routes(node) and node.implementation != SPLIT and count < 2:
        yield f"is a ROUTER with {count} children. Give it two or more, or leave it out"
    elif combines(node) and not count:
        yield "is a COMBINER without children. Put below it what it combines"
    elif node.type in ("TRANSFORMER", "OUTPUT_TRANSFORMER") and not count:
        yield f"is a {node.type} at an end of the graph, where a model must be. Put one below it"
    elif count > 1 and not (routes(node) or combines(node)):
        yield f"has {count} children, of whose answers all but the first are thrown away. Make it a COMBINER or ROUTER"


def _parameters(found: "tuple[Parameter, ...]") -> Iterator[str]:
    for name, times in Counter(each.name for each in found).items():
        if times > 1 and name != REPEATED:
            yield f"has the parameter {name!r} {times} times. Keep one"
    readers: dict[str, Callable[[str], object]] = {"INT": int, "FLOAT": float, "DOUBLE": float, "BOOL": _boolean}
    for each in found:
        if each.type in readers and not _reads(readers[each.type], each.value):
            yield f"has the parameter {each.name!r} with {each.value!r}, which is no {each.type}. Mend one of them"


def _reads(reader: Callable[[str], object], text: str) -> bool:
    try:
        reader(text)
    except ValueError:
        return False
    return True


def _boolean(text: str) -> bool:
    """As distutils' strtobool, with which Seldon's server reads it. Raises ValueError for what is neither."""
    if (word := text.lower()) not in ("y", "yes", "t", "true", "on", "1", "n", "no", "f", "false", "off", "0"):
        raise ValueError(word)
    return word in ("y", "yes", "t", "true", "on", "1")
