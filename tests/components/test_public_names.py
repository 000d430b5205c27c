import subprocess
import sys

import pytest

import components


def test_the_public_names_are_sorted_and_each_there() -> None:
    assert list(components.__all__) == sorted(components.__all__)
    for name in components.__all__:
        assert getattr(components, name).__class__ is not None


def test_no_name_is_public_twice() -> None:
    assert len(set(components.__all__)) == len(components.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Nothing"):
        getattr(components, "Nothing")  # noqa: B009


@pytest.mark.parametrize(
    "module", ["components", "components.environment", "components.render", "components.runtimes.mlserver"]
)
def test_values_never_cost_the_import_of_pulumi(module: str) -> None:
    code = f"import sys, {module}; sys.exit(sorted(name for name in sys.modules if name.startswith('pulumi'))[:1] or 0)"
    subprocess.run([sys.executable, "-c", code], check=True)
