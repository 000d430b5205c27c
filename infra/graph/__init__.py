"""Draws an environment: what stands on its cluster, and what waits for what."""

from infra.graph.diagram import Box, Diagram, diagram
from infra.graph.drawing import draw
from infra.graph.layout import arrange, fitted
from infra.settings import Target

__all__ = ["escaped", "mermaid", "svg"]

_ENTITIES = str.maketrans({"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;"})


def svg(target: Target) -> str:
    """A self-contained SVG document."""
    return draw(arrange(diagram(target)))


def mermaid(target: Target) -> str:
    """A Mermaid flowchart, for pages that render it, such as a repository's README."""
    drawn = diagram(target)
    lines = ["flowchart LR", f'subgraph cluster["{escaped(drawn.title)}"]', "direction LR"]
    for namespace in drawn.namespaces:
        lines += [f'subgraph namespace_{_id(namespace)}["{escaped(namespace)}"]', *_boxes(drawn, namespace), "end"]
    return "\n".join([*lines, "end", *_arrows(drawn), ""])


def _boxes(drawn: Diagram, namespace: str) -> list[str]:
    boxes = [box for block in drawn.blocks if block.namespace == namespace for box in block.boxes]
    return [f'{_node(box.name)}["{"<br>".join(map(escaped, _words(box)))}"]' for box in boxes]


def _words(box: Box) -> tuple[str, ...]:
    return (f"{box.name} ({box.role})", *fitted(box.lines))


def _arrows(drawn: Diagram) -> list[str]:
    blocks = [(block.after, " & ".join(_node(box.name) for box in block.boxes)) for block in drawn.blocks]
    return [f"{_node(need)} --> {nodes}" for after, nodes in blocks for need in after]


def _node(name: str) -> str:
    return f"unit_{_id(name)}"


def _id(name: str) -> str:
    """A DNS label as an identifier: Mermaid reads '-' as part of an arrow; '_' is in no label, so none collide."""
    return name.replace("-", "_")


def escaped(text: str) -> str:
    """What may stand between Mermaid's quotation marks."""
    return text.translate(_ENTITIES)
