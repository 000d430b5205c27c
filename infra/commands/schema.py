"""`slipway schema`."""

import json

from infra import output, schema
from infra.options import File


def command(to: File = None) -> None:
    """The JSON Schema of an environment file, with which an editor completes and checks it."""
    output.document(json.dumps(schema.schema(), indent=2) + "\n", to)
