"""A stack as the Python that makes it: only what departs from its defaults, formatted as ruff formats."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

WIDTH = 120


def module(stack: BaseModel, docstring: str) -> str:
    """The text of its module in model_stacks/."""
    imports = sorted({(cls.__module__, cls.__name__) for cls in _classes(stack)})
    by_module = {name: [cls for found, cls in imports if found == name] for name, _ in imports}
    lines = [f"from {name} import {', '.join(classes)}" for name, classes in by_module.items()]
    return f'"""{docstring}"""\n\n' + "\n".join(lines) + f"\n\nSTACK = {_expression(stack, 'STACK = ')}\n"


def said(value: BaseModel) -> dict[str, Any]:
    """Its fields that depart from their defaults, in the order in which they are declared."""
    fields = type(value).model_fields
    return {name: getattr(value, name) for name in fields if getattr(value, name) != fields[name].get_default()}


def _classes(value: Any) -> Iterator[type]:
    if isinstance(value, BaseModel):
        yield type(value)
        value = said(value)
    inner = value.values() if isinstance(value, dict) else value
    for each in inner if isinstance(value, dict | list | tuple) else ():
        yield from _classes(each)


def _expression(value: Any, before: str = "", depth: int = 0) -> str:
    """The value on one line, if it fits behind `before` and before a comma; else its parts on lines of their own."""
    opening, parts, closing = _parts(value)
    flat = opening + ", ".join(f"{key}{_flat(part)}" for key, part in parts) + _closed(value, closing)
    if not parts or 4 * depth + len(before) + len(flat) + 1 <= WIDTH:
        return flat
    inside = "    " * (depth + 1)
    lines = (f"{inside}{key}{_expression(part, key, depth + 1)},\n" for key, part in parts)
    return f"{opening}\n{''.join(lines)}{'    ' * depth}{closing}"


def _flat(value: Any) -> str:
    opening, parts, closing = _parts(value)
    return opening + ", ".join(f"{key}{_flat(part)}" for key, part in parts) + _closed(value, closing)


def _closed(value: Any, closing: str) -> str:
    return f",{closing}" if isinstance(value, tuple) and len(value) == 1 else closing


def _parts(value: Any) -> tuple[str, list[tuple[str, Any]], str]:
    """How an expression begins, its parts, each behind what leads to it, and how it ends."""
    if isinstance(value, BaseModel):
        return f"{type(value).__name__}(", [(f"{key}=", each) for key, each in said(value).items()], ")"
    if isinstance(value, dict):
        return "{", [(f"{_text(key)}: ", each) for key, each in value.items()], "}"
    if isinstance(value, list | tuple):
        opening, closing = "[]" if isinstance(value, list) else "()"
        return opening, [("", each) for each in value], closing
    return (_text(value) if isinstance(value, str) else repr(value)), [], ""


def _text(value: str) -> str:
    """In double quotes, unless that needs more backslashes."""
    plain = repr(value)
    if plain.startswith('"') or '"' in value:
        return plain
    return '"' + plain[1:-1].replace("\\'", "'") + '"'
