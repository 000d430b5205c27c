"""How two objects differ."""

from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


def differences(one: Any, other: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """Each place where they differ, with what stands there; None for nothing."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from differences(one.get(key), other.get(key), (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, (*path, number))
    elif type(one) is not type(other) or one != other:
        yield path, one, other


def patch(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The JSON merge patch (RFC 7386) that makes `other` of `one`."""
    gone = {key: None for key in one if key not in other}
    return gone | {key: _replaced(one.get(key), value) for key, value in other.items() if one.get(key) != value}


def _replaced(one: Any, other: Any) -> Any:
    return patch(one, other) if isinstance(one, dict) and isinstance(other, dict) else other
