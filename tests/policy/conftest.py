"""The environment that keeps every rule."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture(scope="session")
def good() -> list[dict[str, Any]]:
    """Kubernetes objects and cloud resources that break no rule."""
    texts = [(Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("good.yaml", "good_clouds.yaml")]
    objects: list[dict[str, Any]] = [each for text in texts for each in yaml.safe_load(text)]
    unshared: list[dict[str, Any]] = json.loads(json.dumps(objects))  # no two share what an anchor named
    return unshared
