"""Where containers come from."""

from collections.abc import Iterator
from functools import partial

from ...objects import Object, pod
from ...rule import Finding, ObjectRule, Severity


@partial(
    ObjectRule,
    id="image-pinned",
    severity=Severity.MANDATORY,
    title="Image named by a digest or a tag other than latest",
    reason="Otherwise a restart runs another program than the one that was tested, and a rollback runs it again.",
    remedy="Name the version, or better the digest: `image: registry/name:1.2.3@sha256:…`.",
    reference="https://kubernetes.io/docs/concepts/containers/images/#image-names",
)
def pinned(item: Object) -> Iterator[Finding]:
    found = pod(item)
    for path, container in found.containers if found else ():
        image = str(container.get("image") or "")
        if not _is_pinned(image):
            yield (*path, "image"), f"image {image!r} may change from one start to the next"


def _is_pinned(image: str) -> bool:
    repository, at, _ = image.partition("@sha256:")
    _, _, tag = repository.rpartition("/")[2].partition(":")
    return bool(at) or tag not in ("", "latest")
