"""Whether a chart knows the values that are set: Helm takes a misspelt key in silence, and nothing comes of it."""

from collections.abc import Collection, Iterator, Mapping
from functools import reduce
from typing import Any, NamedTuple

from components.mirror import nested
from components.unit import Chart

ISTIO = "_internal_defaults_do_not_set"
"""Below this key Istio's charts keep what others keep at the top of values.yaml."""
OPEN_ENDED = {
    "argo-cd": ("configs.cm", "configs.params", "configs.rbac"),
    "istiod": ("meshConfig",),
    "kube-prometheus-stack": ("grafana", "kube-state-metrics", "prometheus-node-exporter"),
    "metallb": ("frr-k8s",),
}
"""Values of a chart's own charts, and what a program reads as it stands: values.yaml has a few of their keys only."""
NOBODYS = ("annotations", "labels", "affinity", "securitycontext", "nodeselector", "requests", "limits")
"""How the maps end whose keys are Kubernetes' or the user's to say, even where the chart has some by default."""
Tree = Mapping[str, Any]


class Known(NamedTuple):
    """What a chart says of its values: values.yaml, and values.schema.json where it has one.

    `open_ended`: the dotted keys below which anything goes, such as the values of a chart within it.
    """

    defaults: Tree
    schema: Tree = {}
    open_ended: Collection[str] = ()


def unknown_keys(chart: Chart, known: Known) -> list[str]:
    """The dotted keys of `chart.values`, and of what a mirror would set, that the chart does not have.

    What is empty or null by default takes anything, unless the schema closes it.
    """
    known = known._replace(defaults=known.defaults.get(ISTIO, known.defaults))
    trees = [chart.values, *(nested(path, text) for image in chart.images for path, text in image.paths.items())]
    found = (key for tree in trees for key in _unknown(tree, known.defaults, known.schema, "", known))
    return list(dict.fromkeys(found))


def _unknown(value: Any, default: Any, schema: Tree, path: str, known: Known) -> Iterator[str]:
    parts = tuple(_parts(schema, known.schema))
    if path in known.open_ended or path.lower().endswith(NOBODYS) or any(map(_is_open, parts)):
        return
    if default in (None, {}, []):
        if not any(part.get("additionalProperties") is False for part in parts):
            return
        default = {}
    if isinstance(value, dict) and isinstance(default, dict):
        declared = {key: inner for part in parts for key, inner in part.get("properties", {}).items()}
        declared |= {"requests": {}, "limits": {}} if path.endswith("esources") else {}
        for key, inner in value.items():
            here = f"{path}.{key}" if path else str(key)
            if key in default or key in declared or here in known.open_ended:
                yield from _unknown(inner, default.get(key), declared.get(key, {}), here, known)
            else:
                yield here
    elif isinstance(value, dict) or isinstance(default, dict):
        yield path


def _parts(schema: Tree, root: Tree) -> Iterator[Tree]:
    """The schema, and all those that it refers to and that hold as well."""
    yield schema
    if "$ref" in schema:
        steps = str(schema["$ref"]).removeprefix("#/").split("/")
        yield from _parts(reduce(lambda node, step: node[step], steps, root), root)
    for part in schema.get("allOf", ()):
        yield from _parts(part, root)


def _is_open(schema: Tree) -> bool:
    return bool(schema.get("additionalProperties") or schema.get("patternProperties"))
