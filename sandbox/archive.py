"""Container images as files: what `docker save` writes and containerd imports."""

import hashlib
import io
import json
import platform
import shutil
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def layer(source: Path, target: Path, prefix: str = "") -> None:
    """Pack what is below `source`, placed below `prefix` in the image, owned by root and without times."""
    partial = target.with_suffix(".partial")
    with tarfile.open(partial, "w") as tar:
        tar.add(source, arcname=prefix or ".", filter=_anonymous)
    partial.rename(target)


def write(target: Path, reference: str, layers: Sequence[Path], config: Mapping[str, Any]) -> None:
    """Write an image of `layers` (uncompressed tar files, the lowest first) with an OCI runtime `config`."""
    digests = [_digest(path) for path in layers]
    description = {
        "architecture": ARCHITECTURES[platform.machine()],
        "os": "linux",
        "config": dict(config),
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
    }
    text = json.dumps(description, sort_keys=True).encode()
    name = f"{hashlib.sha256(text).hexdigest()}.json"
    files = [f"{digest}.tar" for digest in digests]
    manifest = [{"Config": name, "RepoTags": [reference], "Layers": files}]
    partial = target.with_suffix(".partial")
    with tarfile.open(partial, "w") as tar:
        _add(tar, "manifest.json", json.dumps(manifest).encode())
        _add(tar, name, text)
        for path, file in zip(layers, files, strict=True):
            tar.add(path, arcname=file, filter=_anonymous)
    partial.rename(target)


def single_binary(target: Path, reference: str, binary: Path, config: Mapping[str, Any]) -> None:
    """Write an image that holds one static program, as /`program`, and what `config` says of it."""
    folder = target.with_suffix(".files")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    program = folder / config["Entrypoint"][0].removeprefix("/")
    shutil.copy(binary, program)
    program.chmod(0o755)
    (folder / "tmp").mkdir()
    (folder / "tmp").chmod(0o1777)
    packed = target.with_suffix(".layer")
    layer(folder, packed)
    write(target, reference, [packed], config)
    shutil.rmtree(folder)
    packed.unlink()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    return info


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
