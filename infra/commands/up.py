"""`slipway up`."""

import json

import typer

from infra import machine, output, predict, progress
from infra.delivery import Delivery
from infra.options import MaybeEnv, Project
from infra.settings import Target
from sandbox import lock


def command(context: typer.Context, env: MaybeEnv = None) -> None:
    """Bring an environment up, or to what its file says now, and ask a model for a prediction."""
    project: Project = context.obj
    chosen = machine.choose(env)
    output.note(f"Environment {chosen.environment}: {chosen.reason}.")
    target = project.target(chosen.environment)
    delivery = project.delivery(target)
    with lock.held(target.name):
        progress.perform(delivery.up())
    _show_first_prediction(target, delivery)


def _show_first_prediction(target: Target, delivery: Delivery) -> None:
    asked = [endpoint for endpoint in predict.endpoints(target).values() if endpoint.sample]
    if not asked:
        return
    found = predict.predict(target, delivery.live(), asked[0].model)
    answer = found.answer.get("outputs", found.answer)
    lines = (
        f"\nAsked {found.endpoint.model}:  {json.dumps(found.request)}",
        f"It says:     {json.dumps(answer)}\n",
        f"URL          {found.endpoint.url}  (namespace {delivery.namespace}, from within the cluster)\n",
        "Next, try:",
    )
    commands = (f"predict {asked[-1].model}", "status", "render --out rendered")
    output.lines(*lines, *(f"  .venv/bin/slipway {command} --env {target.name}" for command in commands))
