"""Asks a served model for a prediction."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from components.errors import Invalid, Mistake, nearest
from components.model_stack import Endpoint
from infra.live import Live
from infra.settings import Target


class Prediction(NamedTuple):
    """What was asked, where, and what the model said."""

    endpoint: Endpoint
    request: Any
    answer: Any


def endpoints(target: Target) -> dict[str, Endpoint]:
    """Every model of the environment by its name, with "-candidate" behind it for that of a candidate."""
    stacks, context = target.environment.stacks, target.context
    found = {each.model: each for stack in stacks for each in stack.endpoints(context)}
    candidates = (version for stack in stacks for version in stack.versions[1:])
    return found | {f"{each.model}-candidate": each for version in candidates for each in version.endpoints(context)}


def predict(target: Target, live: Live, model: str, request: str | None = None) -> Prediction:
    """Send `request` (JSON, or @ and a file of it), or the model's own sample, to `model`, through the API server.

    Raises Invalid where there is no such model or no such request, SlipwayError where there is no answer.
    """
    known = endpoints(target)
    if model not in known:
        raise _wrong(f"environment {target.name!r} has no model {model!r}. {nearest(model, known)}")
    body = _parsed(request) if request else known[model].sample
    if body is None:
        raise _wrong(f"model {model!r} has no sample request. Give one with --data, or add it to its stack")
    return Prediction(known[model], body, live.post(known[model].url, body))


def _parsed(text: str) -> Any:
    try:
        return json.loads(Path(text[1:]).read_text(encoding="utf-8") if text.startswith("@") else text)
    except OSError as error:
        raise _wrong(f"--data: {text[1:]} cannot be read: {error.strerror}. Give another file") from None
    except ValueError as error:
        raise _wrong(f"--data is not JSON: {error}. Quote it as one argument, or give '@FILE'") from None


def _wrong(message: str) -> Invalid:
    return Invalid([Mistake((), message)])
