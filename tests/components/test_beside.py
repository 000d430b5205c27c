from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from components.beside import Beside
from components.mistakes import mistakes

CHECKED = TypeAdapter[Any](Beside)


def of(kind: str, api: str = "v1", **parts: Any) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "a"}, **parts}


def test_objects_of_kubernetes_and_custom_ones_stay_as_they_are() -> None:
    given = (of("ConfigMap", data={"a": "b"}), of("ScaledObject", "keda.sh/v1alpha1", spec={"any": 1}))
    assert CHECKED.validate_python(given) == given


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({}, "is no object of Kubernetes"),
        (of("Secret"), "is a Secret of v1, which cannot go with a stack"),
        (of("ClusterRole", "rbac.authorization.k8s.io/v1"), "cannot go with a stack"),
        (of("Ingress", "extensions/v1beta1"), "Write it as networking.k8s.io/v1"),
        (of("Service", spec={"port": 80}), "[0].spec.port: is unknown. Did you mean 'ports'?"),
    ],
)
def test_what_a_stack_cannot_bring_is_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        CHECKED.validate_python((wrong,))
    (found,) = mistakes(caught.value, BaseModel)
    assert told in str(found)
