"""Where containers come from."""

from collections.abc import Iterator
from functools import partial

from ...images import of
from ...index import Objects
from ...objects import Object
from ...rule import Finding, ObjectRule, SetFinding, SetRule, Severity

IMAGES = "https://kubernetes.io/docs/concepts/containers/images/"


@partial(
    ObjectRule,
    id="image-pinned",
    severity=Severity.MANDATORY,
    title="Image named by a digest or a tag other than latest",
    reason="Otherwise a restart runs another program than the one that was tested, and a rollback runs it again.",
    remedy="Name the version, or better the digest: `image: registry/name:1.2.3@sha256:…`.",
    reference=IMAGES + "#image-names",
)
def pinned(item: Object) -> Iterator[Finding]:
    for path, image in of(item):
        if not image.digest and image.tag in ("", "latest"):
            yield path, f"image {str(image)!r} may change from one start to the next"


@partial(
    ObjectRule,
    id="image-digest",
    severity=Severity.MANDATORY,
    title="Image named by its digest",
    reason="Whoever may push to a registry may put another program under the same tag.",
    remedy="Name the digest: `image: registry/name:1.2.3@sha256:…`. A chart names its own; mirror and judge those.",
    reference=IMAGES + "#image-names",
)
def digest(item: Object) -> Iterator[Finding]:
    for path, image in of(item, charts=False):
        if not image.digest and image.tag not in ("", "latest"):
            yield path, f"image {str(image)!r} is what its registry says today"


@partial(
    SetRule,
    id="image-registry",
    severity=Severity.MANDATORY,
    title="Image from a registry that is trusted",
    reason="A name with one letter wrong is somebody else's registry, and his program.",
    remedy="Use a registry of `slipway:registries`, or add this one.",
    reference="https://kubernetes.io/docs/concepts/security/application-security-checklist/",
)
def registry(objects: Objects) -> Iterator[SetFinding]:
    for item in objects:
        for path, image in of(item):
            if not image.within(objects.terms.registries):
                yield item, path, f"image {str(image)!r} comes from {image.registry}, which nobody trusts"
