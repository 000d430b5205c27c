"""Types and properties are spelt as the packages of the clouds spell them, in the good resources and in broken ones.

A rule that reads a misspelt property would accuse the good ones, or keep silent about the broken ones.
"""

import importlib
import warnings
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pulumi._types import input_type_types, is_input_type

from infra.policy import ResourceRule, all_rules

from .cloud_cases import ALLOWED, BREAKS
from .edits import Edit, edited

PACKAGES = {"aws": "pulumi_aws", "azure-native": "pulumi_azure_native", "gcp": "pulumi_gcp"}
TYPES = {each for rule in all_rules() if isinstance(rule, ResourceRule) for each in rule.types}


def arguments(type: str) -> Any:
    """The class of a resource's arguments; an AssertionError where no resource has that type."""
    provider, module, name = type.split(":")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of resources that nobody here uses
        package = importlib.import_module(f"{PACKAGES[provider]}.{module.partition('/')[0]}")
        assert getattr(package, name).pulumi_type == type
    nested = f"{name}InitArgs"  # its other name, where a property of another resource has the plain one
    return getattr(package, nested if hasattr(package, nested) else f"{name}Args")


def classes(annotation: Any) -> list[Any]:
    """The classes of arguments that an annotation names."""
    if isinstance(annotation, type) and is_input_type(annotation):
        return [annotation]
    return [each for inner in get_args(annotation) for each in classes(inner)]


def misspelt(node: Any, annotation: Any, path: str = "") -> Iterator[str]:
    """Every property of `node` that the SDK does not know."""
    if isinstance(node, list):
        for each in node:
            yield from misspelt(each, annotation, path)
    elif isinstance(node, dict) and (known := classes(annotation)):
        names = {name: inner for each in known for name, inner in input_type_types(each).items()}
        for key, value in node.items():
            yield from misspelt(value, names[key], f"{path}.{key}") if key in names else [f"{path}.{key}"]


def wrong(resources: list[dict[str, Any]]) -> list[str]:
    """Every misspelt property, after its type."""
    named = ((each["type"], each["properties"]) for each in resources if "kind" not in each)
    return [f"{type}{path}" for type, properties in named for path in misspelt(properties, arguments(type))]


@pytest.mark.parametrize("type", sorted(TYPES))
def test_a_rule_names_a_type_that_there_is(type: str) -> None:
    assert arguments(type)


def test_a_misspelt_property_is_found() -> None:
    properties = {"vpcConfig": {"publicAccessCIDRs": []}, "logs": []}
    found = wrong([{"type": "aws:eks/cluster:Cluster", "name": "eks", "properties": properties}])
    assert found == ["aws:eks/cluster:Cluster.vpcConfig.publicAccessCIDRs", "aws:eks/cluster:Cluster.logs"]


@pytest.mark.parametrize("edits", [*(edits for _, edits in BREAKS), *ALLOWED.values(), ()])
def test_no_property_is_misspelt(good: list[dict[str, Any]], edits: tuple[Edit, ...]) -> None:
    assert wrong(edited(good, *edits)) == []
