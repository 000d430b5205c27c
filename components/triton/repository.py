"""The model repository that Triton reads: a folder of links, laid out when its container starts.

https://github.com/triton-inference-server/server/blob/v2.71.0/docs/user_guide/model_repository.md
"""

from collections.abc import Iterable, Iterator, Mapping
from shlex import join

from components.model import MODELS_FOLDER
from components.triton.model import FILES, TritonModel

FOLDER = "/tmp/repository"
CONFIG = "config.pbtxt"


def script(models: Mapping[str, TritonModel], ensembles: Iterable[str]) -> str:
    """What lays it out, and then becomes the server, with the arguments that it is given."""
    lines = [
        *(line for name in sorted(models) for line in _model(name, models[name])),
        *(line for name in sorted(ensembles) for line in _described(name, f"{FOLDER}/{name}/1")),
    ]
    return "\n".join(["set -eu", join(("rm", "-rf", FOLDER)), *map(join, lines), 'exec tritonserver "$@"', ""])


def _model(name: str, model: TritonModel) -> Iterator[tuple[str, ...]]:
    if model.as_directory:
        yield "mkdir", "-p", FOLDER
        yield "ln", "-s", model.path(name), f"{FOLDER}/{name}"
    elif model.is_file:
        yield from _described(name, f"{FOLDER}/{name}/1")
        yield "ln", "-s", model.path(name), f"{FOLDER}/{name}/1/{FILES[model.format]}"
    else:
        yield from _described(name, f"{FOLDER}/{name}")
        yield "ln", "-s", model.path(name), f"{FOLDER}/{name}/1"


def _described(name: str, folder: str) -> Iterator[tuple[str, ...]]:
    yield "mkdir", "-p", folder
    yield "ln", "-s", f"{MODELS_FOLDER}/{name}/{CONFIG}", f"{FOLDER}/{name}/{CONFIG}"
