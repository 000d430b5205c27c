"""What a model's content comes down to."""

import hashlib
from pathlib import Path


def digest(model: Path) -> str:
    """SHA-256 of a file, as `sha256sum` says it; of a folder, of the lines '<sha256>  <path>' of its files.

    A path begins with the folder's own name; the lines are sorted by path, byte by byte.
    """
    if not model.is_dir():
        return _of_file(model)
    found = {path.relative_to(model.parent).as_posix(): path for path in model.rglob("*") if path.is_file()}
    lines = (f"{_of_file(path)}  {name}\n" for name, path in sorted(found.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _of_file(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
