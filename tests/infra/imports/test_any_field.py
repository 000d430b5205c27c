"""Whatever a definition allows is imported to the letter, or named: no traceback, no lost field."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.context import Context
from components.errors import Invalid
from infra.imports.importing import imported
from tests.components.definition import definitions
from tests.infra.imports.corpus import cases
from tests.infra.imports.equality import differences
from tests.infra.imports.random_fields import grown, of_kubernetes

CASES = dict(cases())
DEFINITIONS = {
    "graph": ("kserve.yaml", "v1alpha1"),
    "kserve": ("kserve.yaml", "v1beta1"),
    "seldon": ("seldon-core-v1.yaml", "v1"),
}
KINDS = {"graph": "InferenceGraph", "kserve": "InferenceService", "seldon": "SeldonDeployment"}


@cache
def schema(project: str, shared: Path) -> Mapping[str, Any]:
    """What the spec of a project's resource may say."""
    if project == "deployment":
        return {"properties": {"spec": of_kubernetes("V1DeploymentSpec")}}
    file, version = DEFINITIONS[project]
    (definition,) = definitions(shared / "crds" / file, [KINDS[project]])
    (found,) = (each for each in definition["spec"]["versions"] if each["name"] == version)
    spec = found["schema"]["openAPIV3Schema"]["properties"]["spec"]
    return {"properties": {"spec": spec}}


@pytest.mark.parametrize("project", ["deployment", *DEFINITIONS])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_any_field_is_imported_or_named(project: str, shared: Path, data: st.DataObject) -> None:
    bases = [objects[0] for name, objects in CASES.items() if name.startswith(project) and len(objects) == 1]
    manifest = data.draw(grown(data.draw(st.sampled_from(bases)), dict(schema(project, shared))))
    with suppress(Invalid):
        (found,) = imported(yaml.dump(manifest, Dumper=yaml.CSafeDumper), "given.yaml", "risk")
        assert differences([manifest], found.stack.objects(Context())) == []
