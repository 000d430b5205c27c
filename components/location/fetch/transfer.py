"""Brings a model's files, and shows it only when it is whole."""

import hashlib
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from threading import Lock

from .digest import digest
from .remote import Refused, RemoteFile, Wanted
from .retry import Retries

TOGETHER = 4
"""Files that are read at the same time."""
SAID_EVERY = 10
"""Seconds between two lines of progress."""
MEBIBYTE = 1024 * 1024


def bring(wanted: Wanted, files: list[RemoteFile], work: Path, retries: Retries) -> None:
    """Put `files` at the model's target, all or nothing. Raises Refused.

    What was read stays in `work`, to go on from, unless it is not what the plan says.
    """
    _weigh(wanted, files)
    progress = _Progress(wanted)
    parts = {each.path: work / _key(each) for each in files}
    work.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(TOGETHER) as pool:
        list(pool.map(lambda each: _read(each, parts[each.path], retries, progress), files))
    whole = _assembled(work / "whole", Path(wanted.target).name, parts)
    try:
        verify(wanted, whole)
    except Refused:
        shutil.rmtree(work)
        raise
    Path(wanted.target).parent.mkdir(parents=True, exist_ok=True)
    whole.rename(wanted.target)
    print(f"{wanted.name}: whole", flush=True)


def verify(wanted: Wanted, found: Path) -> None:
    """Raises Refused where `found` is not what the plan says."""
    if not found.exists():
        raise Refused(f"nothing is at {found}. Mend its uri")
    if wanted.sha256 and (actual := digest(found)) != wanted.sha256:
        fact = f"has sha256 {actual[:12]}…, not the stated {wanted.sha256[:12]}…"
        raise Refused(f"{fact}: it is truncated or another one. Restore it, or state the new digest")


class _Progress:
    """How far each file of one model is, said now and then."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted, self._read = wanted, dict[str, int]()
        self._lock, self._said = Lock(), time.monotonic()

    def name(self, file: RemoteFile) -> str:
        """How a file is told from others."""
        return "/".join(filter(None, (self._wanted.name, file.path)))

    def at(self, path: str, position: int) -> None:
        """Raises Refused where more comes than the model may have."""
        with self._lock:
            self._read[path] = position
            total = sum(self._read.values())
            if total > self._wanted.bytes:
                raise Refused(f"is larger than {self._wanted.bytes:,} bytes. Raise its size")
            if time.monotonic() - self._said > SAID_EVERY:
                self._said = time.monotonic()
                print(f"{self._wanted.name}: {total / MEBIBYTE:,.0f} MiB", flush=True)


def _weigh(wanted: Wanted, files: list[RemoteFile]) -> None:
    if not files:
        raise Refused("nothing is there. Mend its uri")
    for each in files:
        if PurePosixPath(each.path).is_absolute() or ".." in PurePosixPath(each.path).parts:
            raise Refused(f"has a file {each.path!r}, which would lie outside of it. Mend the store")
    total = sum(each.size or 0 for each in files)
    if total > wanted.bytes:
        raise Refused(f"is {total:,} bytes, and {wanted.bytes:,} are kept free for it. Raise its size")
    print(f"{wanted.name}: {len(files)} file(s), {total / MEBIBYTE:,.1f} MiB, from {wanted.uri}", flush=True)


def _read(file: RemoteFile, part: Path, retries: Retries, progress: _Progress) -> None:
    """Read the rest of `file` into `part`, attempt after attempt."""

    def attempt() -> None:
        known = _size(part) if file.version else 0
        if known == file.size:
            part.touch()
            return
        start, chunks = file.read(known)
        with part.open("r+b" if part.exists() else "wb") as out:
            out.truncate(start)
            out.seek(start)
            for chunk in chunks:
                out.write(chunk)
                progress.at(file.path, out.tell())
            out.flush()
            os.fsync(out.fileno())  # a name that outlives a power cut must not be of an empty file
        if file.size is not None and _size(part) != file.size:
            raise ConnectionError(f"it ended after {_size(part):,} of {file.size:,} bytes")

    retries.insist(progress.name(file), attempt, lambda: _size(part))


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _key(file: RemoteFile) -> str:
    """Another name for another version, so that no two are ever mixed."""
    return hashlib.sha256(f"{file.version} {file.path}".encode()).hexdigest()


def _assembled(folder: Path, name: str, parts: dict[str, Path]) -> Path:
    """The model as it will stand, from its finished parts."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, part in parts.items():
        target = folder / name / path
        target.parent.mkdir(parents=True, exist_ok=True)
        part.rename(target)
    return folder / name
