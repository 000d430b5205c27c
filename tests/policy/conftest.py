"""The environment that keeps every rule."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture(scope="session")
def good() -> list[dict[str, Any]]:
    """Kubernetes objects that break no rule."""
    text = (Path(__file__).parent / "good.yaml").read_text(encoding="utf-8")
    objects: list[dict[str, Any]] = json.loads(json.dumps(yaml.safe_load(text)))  # no two share what an anchor named
    return objects
