"""hf://ORGANISATION/MODEL@REVISION: the files of a repository of Hugging Face's, all of one commit."""

from collections.abc import Iterator
from functools import partial

from huggingface_hub import HfApi, get_token, hf_hub_url

from ..remote import RemoteFile, Wanted
from .https import TIMEOUTS, Session, read


def files(wanted: Wanted, redirects: list[str] | None) -> Iterator[RemoteFile]:
    token = get_token()
    session = Session(redirects, {"Authorization": f"Bearer {token}"} if token else {})
    found = HfApi().model_info(wanted.place, revision=wanted.version or None, files_metadata=True, timeout=TIMEOUTS[1])
    folder = f"{wanted.path}/" if wanted.path else ""
    for each in found.siblings or ():
        if each.rfilename == wanted.path or each.rfilename.startswith(folder):
            url = hf_hub_url(wanted.place, each.rfilename, revision=found.sha)
            path = each.rfilename.removeprefix(folder) if each.rfilename != wanted.path else ""
            yield RemoteFile(path, each.size, each.blob_id or "", partial(_open, session, url))


def _open(session: Session, url: str, start: int) -> tuple[int, Iterator[bytes]]:
    return read(session, url, start, "")
