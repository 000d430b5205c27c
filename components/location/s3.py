"""Where s3:// is read if not at Amazon's: in a store of one's own that speaks S3."""

from collections.abc import Iterable

from components.location import hosts
from components.location.store import store
from components.network_policy import Rules


def s3_used(endpoint: str | None, urls: Iterable[str]) -> str | None:
    """`endpoint`, if any of the stores at `urls` is there."""
    return endpoint if any(store(url).scheme == "s3" for url in urls) else None


def s3_variables(endpoint: str | None) -> dict[str, str]:
    """What tells a container's client: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html."""
    return {"AWS_ENDPOINT_URL_S3": endpoint} if endpoint else {}


def to_s3(endpoint: str | None) -> Rules:
    """What its pod must reach."""
    return [hosts.opening(endpoint.partition("://")[2])] if endpoint else []
