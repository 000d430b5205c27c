"""Reads what the running Pulumi engine says, and keeps what was encrypted out of messages."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from pulumi.runtime.config import get_config_env, get_config_secret_keys_env

from components.errors import Invalid, Mistake
from components.mistakes import shown
from components.values import SECRET


class Config(NamedTuple):
    """The configuration below one prefix, decrypted; `secret` names the keys in which something was encrypted."""

    chosen: dict[str, Any]
    secret: frozenset[str]

    def masked(self, error: Invalid) -> Invalid:
        """The same mistakes, with SECRET for each value of a key in which something was encrypted.

        The engine does not tell which of them it was.
        """
        hidden = sorted({text for key in self.secret for text in _texts(self.chosen[key])}, key=len, reverse=True)
        return Invalid(Mistake(mistake.path, _without(hidden, mistake.message)) for mistake in error.mistakes)


def read(prefix: str) -> Config:
    """What the keys that begin with `prefix` say."""
    config = {key: value for key, value in get_config_env().items() if key.startswith(prefix)}
    secret = frozenset(key.removeprefix(prefix) for key in get_config_secret_keys_env() if key in config)
    return Config({key.removeprefix(prefix): _decoded(value) for key, value in config.items()}, secret)


def _decoded(value: str) -> Any:
    """Objects reach the program as JSON, plain text as it is."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def _texts(value: Any) -> Iterator[str]:
    """Every value as a message shows it."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
    else:
        yield shown(value)


def _without(hidden: list[str], message: str) -> str:
    for text in hidden:
        message = message.replace(text, SECRET)
    return message
