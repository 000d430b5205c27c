"""Recipes: how an image is built where no registry can be reached. One module a family of images."""

import hashlib
from functools import cache
from pathlib import Path

from sandbox import paths


def folder() -> Path:
    """Where image files are kept: another folder whenever a recipe changes, so that none outlives its recipe."""
    return paths.cache() / "images" / _version()


@cache
def _version() -> str:
    here = Path(__file__).parent
    recipes = (path for path in sorted(here.iterdir()) if path.suffix in (".py", ".txt"))
    files = (*recipes, here.with_name("python_layers.py"))
    return hashlib.sha256(b"".join(map(Path.read_bytes, files))).hexdigest()[:10]
