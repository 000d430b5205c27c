"""Values that should be in no file of a repository."""

import re
from collections.abc import Iterator
from typing import Any

from infra.imports.compare import Path

NAME = re.compile(r"passw(or)?d|secret|token|api_?key|access_?key|private_?key|credential", re.IGNORECASE)
KNOWN = re.compile(r"AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|hf_\w{30,}|sk-[\w-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----")
"""Keys that say by their shape what they are: of AWS, GitHub, Hugging Face, OpenAI, and in PEM."""
HARMLESS = re.compile(r"|true|false|[0-9]{1,6}|none|null|[/$].*|https?://[^@]*", re.IGNORECASE | re.DOTALL)
"""Switches, numbers, files and places, whatever their variable is called."""


def inline(node: Any, path: Path = ()) -> Iterator[Path]:
    """Where a variable's value, or any text, looks like a secret."""
    if isinstance(node, str) and KNOWN.search(node):
        yield path
    elif isinstance(node, list):
        for number, each in enumerate(node):
            yield from inline(each, (*path, number))
    elif isinstance(node, dict):
        name, value = node.get("name"), node.get("value")
        if isinstance(name, str) and isinstance(value, str) and NAME.search(name) and not HARMLESS.fullmatch(value):
            yield (*path, "value")
        else:
            for key, each in node.items():
                yield from inline(each, (*path, key))
