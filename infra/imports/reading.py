"""Manifests of others: YAML or JSON, one document or many, as files say them or as `kubectl get` prints them."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from components.errors import Invalid, Mistake
from components.unit import KubernetesObject
from infra.imports.former import renewed

TEMPLATE = re.compile(r"\{\{-?\s*(\.|\$|if |range |with |include |template |toYaml |tpl |end\b|define )")
"""What Helm puts in place of a value."""
SERVERS = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
)
"""Metadata that the API server alone writes."""
CONTROLLERS = (
    "autoscaling.alpha.kubernetes.io/conditions",
    "autoscaling.alpha.kubernetes.io/current-metrics",
    "deployment.kubernetes.io/revision",
    "kubectl.kubernetes.io/last-applied-configuration",
)
"""Annotations that Kubernetes' controllers, or kubectl, keep for themselves."""


class Document(NamedTuple):
    """One object, and where it was found."""

    place: str
    manifest: KubernetesObject

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"{self.place}: {self.manifest['kind']} {self.manifest['metadata']['name']}"


class _Loader(yaml.CSafeLoader):
    """As Kubernetes' tools read YAML: a date is text, and no key stands twice."""


_Loader.yaml_implicit_resolvers = {
    first: [each for each in found if each[0] != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    if strange := next((key for key, _ in node.value if not isinstance(key, yaml.ScalarNode)), None):
        raise yaml.constructor.ConstructorError(problem="a key is no text", problem_mark=strange.start_mark)
    own = [key.value for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
    if twice := sorted({str(key) for key in own if own.count(key) > 1}):
        raise yaml.constructor.ConstructorError(problem=f"{twice[0]!r} stands twice", problem_mark=node.start_mark)
    loader.flatten_mapping(node)
    return {str(loader.construct_object(key)): loader.construct_object(value, deep=True) for key, value in node.value}


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def documents(text: str, file: str) -> list[Document]:
    """Every object, without what the API server writes. Raises Invalid with all that is none."""
    found = [Document(place, each) for place, node in _nodes(text, file) for each in _objects(node)]
    if wrong := [Mistake((), f"{file}: {message}") for each in found for message in _strange(each.manifest)]:
        raise Invalid(wrong)
    if not found:
        raise Invalid([Mistake((), f"{file}: holds no object. Give what `kubectl get -o yaml` prints")])
    return [Document(place, renewed(_clean(manifest))) for place, manifest in found]


def _nodes(text: str, file: str) -> Iterator[tuple[str, Any]]:
    if TEMPLATE.search(text):
        raise _no_yaml(file, "is a Helm template. Import what `helm template` makes of it")
    try:
        nodes = [each for each in yaml.load_all(text, _Loader) if each is not None]
        json.dumps(nodes, allow_nan=False)
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise _no_yaml(f"{file}{line}", f"not YAML: {error.problem}. Mend it") from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise _no_yaml(file, f"not YAML: {' '.join(str(error).split())}. Mend it") from None
    return ((f"{file}, document {number}" if len(nodes) > 1 else file, node) for number, node in enumerate(nodes, 1))


def _no_yaml(place: str, message: str) -> Invalid:
    return Invalid([Mistake((), f"{place}: {message}")])


def _objects(node: Any) -> Iterator[Any]:
    """The node itself, or what a List has."""
    items = node.get("items") if isinstance(node, dict) and str(node.get("kind", "")).endswith("List") else None
    yield from items if isinstance(items, list) else (node,)


def _strange(node: Any) -> Iterator[str]:
    metadata = node.get("metadata") if isinstance(node, dict) else None
    texts = [node.get("apiVersion"), node.get("kind")] if isinstance(node, dict) else [None]
    if not all(isinstance(each, str) and each for each in texts):
        yield f"{str(node)[:40]!r} is no object of Kubernetes. Give apiVersion and kind"
    elif not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str) or not metadata["name"]:
        yield f"{node['kind']}: metadata.name is required. Add it"
    elif not isinstance(metadata.get("annotations") or {}, dict):
        yield f"{node['kind']} {metadata['name']}: metadata.annotations must be a mapping"


def _clean(manifest: KubernetesObject) -> KubernetesObject:
    metadata = {key: value for key, value in manifest["metadata"].items() if key not in SERVERS}
    annotations = metadata.pop("annotations", None) or {}
    if kept := {key: value for key, value in annotations.items() if key not in CONTROLLERS}:
        metadata["annotations"] = kept
    found: KubernetesObject = without_nulls({**manifest, "metadata": metadata})
    found.pop("status", None)
    if manifest["kind"] == "Service" and "resourceVersion" in manifest["metadata"]:
        given = _given(found.get("spec") or {})
        found["spec"] = {key: value for key, value in found.get("spec", {}).items() if key not in given}
    return found


def _given(spec: dict[str, Any]) -> tuple[str, ...]:
    """What a cluster has given a Service, as far as nobody can have asked for it: a headless one asked."""
    if spec.get("clusterIP") == "None" or spec.get("ipFamilyPolicy") != "SingleStack":
        return ()
    return ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")


def without_nulls(node: Any) -> Any:
    """A null says no more than a key that is absent."""
    if isinstance(node, dict):
        return {key: without_nulls(value) for key, value in node.items() if value is not None}
    return [without_nulls(each) for each in node] if isinstance(node, list) else node
