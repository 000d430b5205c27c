"""Pinned official releases of programs that Pulumi's way needs, taken where the machine has none.

Where the digests come from: Pulumi's from its vendor's Homebrew tap (github.com/pulumi/homebrew-tap, commit 51fb494:
the newest version that it has for both processors); k3d's from the release's checksums.txt, as the AUR package k3d-bin
and others record it.
"""

import errno
import fcntl
import hashlib
import http.client
import os
import platform
import shutil
import tarfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

from components.errors import SlipwayError
from sandbox import paths

T = TypeVar("T")
SILENCE_SECONDS = 5.0
"""The longest wait for a connection, and for the next bytes of one."""
ANSWER_SECONDS = 15.0
"""The longest wait for the first byte: name, connection and redirections together."""
TOTAL_SECONDS = 600.0
CHUNK = 1 << 20


class Asset(NamedTuple):
    """A release's file for one kind of processor: a program, or a .tar.gz of programs."""

    url: str
    sha256: str


class Release(NamedTuple):
    """A version, and its assets by what `uname -m` says."""

    version: str
    assets: dict[str, Asset]


def _release(version: str, url: str, **processors: tuple[str, str]) -> Release:
    """`url` has {version} and {processor}; each processor comes with its name in the URL and its digest."""
    assets = {key: Asset(url.format(version=version, processor=name), sha) for key, (name, sha) in processors.items()}
    return Release(version, assets)


_GITHUB = "https://github.com/{}/releases/download/v{{version}}/"
RELEASES = {
    "pulumi": _release(
        "3.259.0",
        _GITHUB.format("pulumi/pulumi") + "pulumi-v{version}-linux-{processor}.tar.gz",
        x86_64=("x64", "94ba357acac23d01474084c4b00098dc0f7bc70ce13f34c777459254a5f718e5"),
        aarch64=("arm64", "edc8327463a72160bb36cf82cf5062da9c8a244290a706d9980988e7bf486853"),
    ),
    "k3d": _release(
        "5.9.0",
        _GITHUB.format("k3d-io/k3d") + "k3d-linux-{processor}",
        x86_64=("amd64", "06d8f25bc3a971c4eb29e0ff08429b180402db0f4dec838c9eac427e296800a0"),
        aarch64=("arm64", "03cde5cf23e6e8e67de5a039ecf26e5b85aca82fba3e5d13dadf904cd218a250"),
    ),
}


def ensure(tool: str, log: IO[str]) -> Path:
    """The program `tool`: the one on PATH, else its pinned release in the user's cache, taken on first need.

    The folder of the path that is returned has everything else that the release brings. Raises SlipwayError within
    TOTAL_SECONDS where it cannot be had.
    """
    if found := shutil.which(tool):
        return Path(found)
    if tool not in RELEASES:
        raise SlipwayError(f"{tool} is not on PATH. `slipway doctor` says how to install it")
    release = RELEASES[tool]
    folder = paths.cache() / "tools" / f"{tool}-{release.version}"
    if not (folder / tool).exists():
        with _refusals(tool, release.version, folder), _alone(folder.parent):
            _install(tool, _asset(release), folder, log)
    return folder / tool


def downloadable(tool: str) -> bool:
    """Whether there is a pinned release of `tool` for this machine; not whether its server can be reached."""
    return tool in RELEASES and platform.system() == "Linux" and platform.machine() in RELEASES[tool].assets


def _asset(release: Release) -> Asset:
    here = platform.machine() if platform.system() == "Linux" else platform.system()
    if here not in release.assets:
        raise SlipwayError(f"no release is pinned for {here}, only for Linux on {', '.join(release.assets)}")
    return release.assets[here]


def _install(tool: str, asset: Asset, folder: Path, log: IO[str]) -> None:
    """Makes `folder` whole or not at all."""
    if (folder / tool).exists():
        return
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        log.write(f"GET {asset.url}\n")
        _fetch(asset, partial / tool)
        if asset.url.endswith(".tar.gz"):
            _unpack((partial / tool).rename(partial / "archive"), partial)
        (partial / tool).chmod(0o755)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _fetch(asset: Asset, path: Path) -> None:
    deadline, digest = time.monotonic() + TOTAL_SECONDS, hashlib.sha256()
    response = within(ANSWER_SECONDS, lambda: _open(asset.url))
    with response, path.open("wb") as file:
        while chunk := response.read1(CHUNK):
            if time.monotonic() > deadline:
                raise TimeoutError(f"it takes longer than {TOTAL_SECONDS:.0f} s")
            digest.update(chunk)
            file.write(chunk)
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    if digest.hexdigest() != asset.sha256:
        raise SlipwayError(f"{asset.url} has sha256 {digest.hexdigest()}, not the pinned {asset.sha256}")


def _open(url: str) -> http.client.HTTPResponse:
    response: http.client.HTTPResponse = urllib.request.urlopen(url, timeout=SILENCE_SECONDS)
    return response


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns or raises; TimeoutError if that takes longer. Looking a name up has no limit of its own."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except Exception as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future.result(seconds)


def _unpack(archive: Path, folder: Path) -> None:
    """The programs of a .tar.gz, side by side in `folder`, whatever folders they are in there."""
    with tarfile.open(archive) as opened:
        for member in opened:
            if packed := opened.extractfile(member):
                path = folder / Path(member.name).name
                with packed, path.open("wb") as file:
                    shutil.copyfileobj(packed, file, CHUNK)
                path.chmod(0o755)
    archive.unlink()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds a lock on `folder`; it falls with the process, so what a killed one left is nobody's."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _refusals(tool: str, version: str, folder: Path) -> Iterator[None]:
    """Whatever goes wrong, as a SlipwayError with its cure."""
    cure = "Put it on PATH yourself, or try again with a network that reaches its server"
    try:
        yield
    except SlipwayError as error:
        raise SlipwayError(f"{tool} {version}: {error}. {cure}") from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES):
            cure = f"Make room and rights in {folder.parent}, or set XDG_CACHE_HOME to another folder"
        raise SlipwayError(f"{tool} {version} cannot be downloaded: {_fact(error)}. {cure}") from None
    except (http.client.HTTPException, tarfile.TarError, EOFError) as error:
        raise SlipwayError(f"{tool} {version} cannot be downloaded: it arrives incomplete ({error}). {cure}") from None


def _fact(error: OSError) -> str:
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"{error.url} answers {error.code} {error.reason}"
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return str(reason) or f"no answer within {ANSWER_SECONDS:.0f} s"
