"""What the Pulumi engine would do, as the changes of objects."""

from collections.abc import Iterable, Iterator
from typing import Any

from infra.difference import Action, Change, compared
from infra.inventory import identity

ACTIONS: dict[str, Action] = {
    "create": "create",
    "import": "create",
    "update": "change",
    "replace": "replace",
    "delete": "delete",
}
"""Of an operation; the others change nothing, or are part of a replacement."""

Step = dict[str, Any]
"""One of the `steps` that `pulumi preview --json` lists."""


def changes(steps: Iterable[Step]) -> Iterator[Change]:
    """Each change of something real: not of components, nor of what gives the engine its access."""
    for step in steps:
        state = step.get("newState") or step["oldState"]
        if step["op"] in ACTIONS and state["custom"] and not state["type"].startswith("pulumi:"):
            yield _change(ACTIONS[step["op"]], step, state)


def _change(action: Action, step: Step, state: dict[str, Any]) -> Change:
    now, then = (step.get(when, {}).get("inputs", {}) for when in ("oldState", "newState"))
    diff = compared(now, then) if now and then else ""
    unsaid = "" if diff or action in ("create", "delete") else "of secret or computed values"
    return Change(action, *_named(step["urn"], state), diff, unsaid)


def _named(urn: str, state: dict[str, Any]) -> tuple[str, str]:
    """Kind and name: of a Kubernetes object its own, of anything else those that the engine knows it by."""
    inputs = state.get("inputs", {})
    if state["type"].startswith("kubernetes:") and "metadata" in inputs:
        return inputs["kind"], identity(inputs).place
    return state["type"], urn.rpartition("::")[2]
