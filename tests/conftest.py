"""What all tests share."""

import os
from pathlib import Path

import hypothesis
import pytest

SHARED = Path(os.environ.get("SLIPWAY_SHARED", Path(__file__).parents[2] / "shared"))

hypothesis.settings.register_profile("slipway", deadline=None, max_examples=50, derandomize=True, database=None)
hypothesis.settings.load_profile("slipway")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of other projects' schemas: beside the checkout, or where SLIPWAY_SHARED says."""
    if not SHARED.is_dir():
        pytest.skip(f"the schemas of k3d and of custom resources are not in {SHARED}. Set SLIPWAY_SHARED to them")
    return SHARED


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that take minutes run where a run says which marks it wants."""
    if not config.getoption("markexpr"):
        for item in items:
            if item.get_closest_marker("soak"):
                item.add_marker(pytest.mark.skip(reason="takes minutes. `make soak` runs it"))
