"""Objects with fields added at random, of all that their definitions know."""

import copy
import re
from typing import Any

from hypothesis import strategies as st
from kubernetes import client

Schema = dict[str, Any]
TEXTS = st.sampled_from(["", "a", "x-1", "8080", "true", "10%", "64Mi", 'it\'s "so"', "é\n"])
SCALARS = {
    "string": TEXTS,
    "integer": st.integers(-1, 70_000),
    "number": st.integers(0, 100),
    "boolean": st.booleans(),
    "int-or-string": st.integers(0, 100) | st.sampled_from(["50%", "http", "1Gi"]),
}


def of_kubernetes(kind: str, seen: tuple[str, ...] = ()) -> Schema:
    """The structural schema of a type of Kubernetes' client."""
    if inner := re.fullmatch(r"(List|Dict)\[(?:str, )?(.+)\]", kind):
        found = of_kubernetes(inner[2], seen)
        return {"type": "array", "items": found} if inner[1] == "List" else {"additionalProperties": found}
    plain = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
    if kind in plain or not hasattr(client, kind):
        return {"type": plain.get(kind, "int-or-string" if kind == "object" else "string")}
    if kind in seen:
        return {"properties": {}}
    described = getattr(client, kind)
    types = {key: described.openapi_types[name] for name, key in described.attribute_map.items()}
    return {"properties": {key: of_kubernetes(each, (*seen, kind)) for key, each in types.items()}}


def values(schema: Schema, depth: int = 2) -> st.SearchStrategy[Any]:
    """What `schema` allows, with required fields and a few others, `depth` levels deep."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "items" in schema:
        return st.lists(values(schema["items"], depth - 1), max_size=2) if depth else st.just([])
    if isinstance(extra := schema.get("additionalProperties"), dict):
        return st.dictionaries(st.sampled_from(["a", "b/c"]), values(extra, depth - 1), max_size=2)
    if properties := schema.get("properties"):
        names = [*properties] if depth else []
        chosen = st.lists(st.sampled_from(names), max_size=2) if names else st.just([])
        return chosen.flatmap(lambda some: _objects(schema, {*some, *schema.get("required", ())}, depth))
    return SCALARS.get("int-or-string" if schema.get("x-kubernetes-int-or-string") else schema.get("type", ""), TEXTS)


def _objects(schema: Schema, names: set[str], depth: int) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {name: values(schema["properties"][name], max(depth - 1, 0)) for name in sorted(names)}
    )


@st.composite
def grown(draw: st.DrawFn, manifest: dict[str, Any], schema: Schema) -> dict[str, Any]:
    """The manifest with up to three fields that it did not have, or had otherwise."""
    found = copy.deepcopy(manifest)
    for _ in range(draw(st.integers(1, 3))):
        node, shape = draw(st.sampled_from(list(_places(found, schema))))
        name = draw(st.sampled_from(sorted(shape["properties"])))
        if not isinstance(node.get(name), dict | list):
            node[name] = draw(values(shape["properties"][name]))
    return found


def _places(node: Any, schema: Schema) -> Any:
    """Each mapping of the manifest, with its schema."""
    if isinstance(node, dict) and schema.get("properties"):
        yield node, schema
        for key, each in node.items():
            yield from _places(each, schema["properties"].get(key, {}))
    elif isinstance(node, list):
        for each in node:
            yield from _places(each, schema.get("items", {}))
