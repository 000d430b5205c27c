"""The environment that keeps every rule, and the pack."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from .engine import PYTHON, Engine, serving


@pytest.fixture(scope="session")
def good() -> list[dict[str, Any]]:
    """Kubernetes objects and cloud resources that break no rule."""
    texts = [(Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("good.yaml", "good_clouds.yaml")]
    objects: list[dict[str, Any]] = [each for text in texts for each in yaml.load(text, yaml.CSafeLoader)]
    unshared: list[dict[str, Any]] = json.loads(json.dumps(objects))  # no two share what an anchor named
    return unshared


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """The policy pack, asked as the engine asks."""
    if not PYTHON.exists():
        install = "infra/policy/.venv/bin/pip install -r infra/policy/requirements.txt"
        pytest.skip(f"the policy pack has no .venv. Make it: python3 -m venv infra/policy/.venv && {install}")
    with serving() as found:
        yield found
