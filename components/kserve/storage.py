"""Models' URIs as KServe's storage initializer spells them."""

from collections.abc import Iterator

from components.location.uri import REGISTRY, Location, location
from components.model import Model

SCHEMES = ("az", "gs", "hf", "https", "pvc", "s3")


def refusals(model: Model) -> Iterator[str]:
    """Why KServe cannot fetch a model, each with its cure."""
    if not model.uri:
        yield "has an artefact of this machine, and KServe fetches models itself. Upload it, and say its uri"
        return
    found = location(model.uri)
    if found.scheme not in (*SCHEMES, REGISTRY):
        yield f"is at {found.scheme}://, and KServe fetches {', '.join(SCHEMES)}. Copy it to one of them"
    if found.scheme == "hf" and found.path:
        yield f"is the folder {found.path} of a Hugging Face model, and KServe fetches whole ones. Leave the folder out"
    if model.sha256:
        yield "says sha256, which KServe's fetching does not check. Leave it out, or use a runtime of one container"


def spelled(uri: str) -> str:
    """What KServe takes for the same place."""
    found = location(uri)
    if found.scheme == "az":
        return _blob(found)
    if found.scheme == "hf" and found.version:
        return f"hf://{found.place}:{found.version}"
    return uri


def _blob(found: Location) -> str:
    account, _, container = found.place.partition("/")
    return f"https://{account}.blob.core.windows.net/{'/'.join(filter(None, (container, found.path)))}"
