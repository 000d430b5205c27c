"""Protocol buffers as text, the form in which TensorFlow Serving and Triton read their settings.

https://protobuf.dev/reference/protobuf/textformat-spec/
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


class Name(str):
    """A value of an enumeration, which is written without quotes."""


def dump(message: Mapping[str, Any]) -> str:
    """`message` by its fields: a mapping is a message, a sequence a repeated field, None a field that is left out."""
    return "".join(f"{line}\n" for line in _lines(message))


def entries(mapping: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A map field, sorted by key."""
    return [{"key": key, "value": mapping[key]} for key in sorted(mapping)]


def _lines(message: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    for field, value in message.items():
        for each in value if _repeated(value) else [value]:
            if isinstance(each, Mapping):
                yield f"{indent}{field} {{"
                yield from _lines(each, indent + "  ")
                yield f"{indent}}}"
            elif each is not None:
                yield f"{indent}{field}: {_scalar(each)}"


def _repeated(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _scalar(value: Any) -> str:
    return value if isinstance(value, Name) else json.dumps(value, ensure_ascii=False)
