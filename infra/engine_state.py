"""The engine's state in our folder, where a full disk or somebody's hand has damaged it."""

import json
import shutil
from contextlib import suppress
from pathlib import Path

from components.errors import SlipwayError


def mend(folder: Path, stack: str) -> bool:
    """Whether the state of `stack` was damaged, and is now what it was one step before, which the engine keeps too.

    Raises SlipwayError where that is damaged as well.
    """
    damaged = [path for path in folder.glob(f".pulumi/stacks/*/{stack}.json") if not _is_whole(path)]
    for path in damaged:
        before = path.with_name(f"{path.name}.bak")
        if not _is_whole(before):
            kept = folder / ".pulumi" / "backups" / path.parent.name / stack
            raise SlipwayError(f"{path} is damaged, and {before.name} too. Put the newest good file of {kept} there")
        shutil.copy(before, path)
    return bool(damaged)


def _is_whole(path: Path) -> bool:
    with suppress(OSError, ValueError):
        return isinstance(json.loads(path.read_bytes()), dict)
    return False
