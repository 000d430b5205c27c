"""https://HOST/PATH: one file, resumed by Range where the server says which version it is."""

import os
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin, urlsplit

import requests

from ..remote import CHUNK, Opened, Refused, RemoteFile, Wanted

TIMEOUTS = (10, 60)
"""Seconds to connect, and to wait for more."""
AS_IT_IS = {"Accept-Encoding": "identity"}


class Session(requests.Session):
    """Follows redirects by https alone, to the hosts that the plan allows."""

    max_redirects = 5

    def __init__(self, allowed: list[str] | None, headers: Mapping[str, str]) -> None:
        super().__init__()
        self._allowed = allowed
        self.headers.update({**AS_IT_IS, **headers})

    def get_redirect_target(self, response: requests.Response) -> str | None:
        target = super().get_redirect_target(response)
        if target:
            _judge(urljoin(response.url, target), self._allowed)
        return target


def files(wanted: Wanted, redirects: list[str] | None) -> Iterator[RemoteFile]:
    token = os.environ.get("AUTHORIZATION")
    session = Session(redirects, {"Authorization": token} if token else {})
    yield remote_file(session, "", f"https://{wanted.place}/{wanted.path}")


def remote_file(session: Session, path: str, url: str) -> RemoteFile:
    """What the server says of the file at `url`."""
    with session.head(url, allow_redirects=True, timeout=TIMEOUTS) as head:
        if head.status_code not in (405, 501):
            return _described(session, path, url, head)
    with session.get(url, stream=True, timeout=TIMEOUTS) as answer:
        return _described(session, path, url, answer)


def _described(session: Session, path: str, url: str, answer: requests.Response) -> RemoteFile:
    answer.raise_for_status()
    size = answer.headers.get("Content-Length")
    version = _validator(answer) if answer.headers.get("Accept-Ranges") != "none" else ""
    known = int(size) if size and "Content-Encoding" not in answer.headers else None
    return RemoteFile(path, known, version, lambda start: read(session, url, start, version))


def read(session: Session, url: str, start: int, version: str) -> Opened:
    """The file from byte `start` on if it is still this version, else from its beginning."""
    headers = {"Range": f"bytes={start}-", **({"If-Range": version} if version else {})} if start else {}
    answer = session.get(url, headers=headers, stream=True, timeout=TIMEOUTS)
    answer.raise_for_status()
    resumed = answer.status_code == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {start}-")
    return start if resumed else 0, answer.raw.stream(CHUNK, decode_content=False)


def _validator(answer: requests.Response) -> str:
    """What If-Range takes: a strong ETag, else the time of the last change."""
    tag = answer.headers.get("ETag", "")
    return answer.headers.get("Last-Modified", "") if tag.startswith("W/") or not tag else tag


def _judge(url: str, allowed: list[str] | None) -> None:
    """Raises Refused where no model comes from there; which address it is, the guard sees when it is connected to."""
    scheme, host = urlsplit(url)[:2]
    if scheme != "https":
        raise Refused(f"leads to {scheme}://{host}, which is not https. Mend its uri")
    if allowed is not None and not any(_matches(host, each) for each in allowed):
        raise Refused(f"leads to {host}, which slipway:sources does not allow. Add it there if it may")


def _matches(host: str, allowed: str) -> bool:
    return host.endswith(allowed) if allowed.startswith(".") else host == allowed
