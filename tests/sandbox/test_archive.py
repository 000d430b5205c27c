import hashlib
import json
import platform
import tarfile
from pathlib import Path
from typing import Any

import pytest

from sandbox import archive


@pytest.fixture
def layers(home: Path) -> list[Path]:
    found = []
    for name in ("lower", "upper"):
        folder = home / name
        (folder / "sub").mkdir(parents=True)
        (folder / "sub" / name).write_text(name * 1000)
        (folder / "link").symlink_to("sub")
        found.append(home / f"{name}.tar")
        archive.layer(folder, found[-1], "" if name == "lower" else "usr/local")
    return found


def _read(image: Path) -> dict[str, bytes]:
    with tarfile.open(image) as tar:
        return {member.name: stream.read() for member in tar if (stream := tar.extractfile(member))}


def _members(layer: Path) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(layer) as tar:
        return {member.name: member for member in tar}


def test_an_image_is_what_docker_load_takes(layers: list[Path], home: Path) -> None:
    config: dict[str, Any] = {"Cmd": ["serve"], "User": "1000"}
    archive.write(home / "image.tar", "example.org/server:1", layers, config)
    files = _read(home / "image.tar")
    (manifest,) = json.loads(files.pop("manifest.json"))
    assert manifest["RepoTags"] == ["example.org/server:1"]
    description = json.loads(files[manifest["Config"]])
    assert manifest["Config"] == f"{hashlib.sha256(files.pop(manifest['Config'])).hexdigest()}.json"
    digests = [f"sha256:{hashlib.sha256(files[name]).hexdigest()}" for name in manifest["Layers"]]
    assert description["rootfs"] == {"type": "layers", "diff_ids": digests}
    assert description["config"] == config
    assert (description["os"], description["architecture"]) == ("linux", archive.ARCHITECTURES[platform.machine()])
    assert [files[name] for name in manifest["Layers"]] == [path.read_bytes() for path in layers]
    assert len(files) == 2


def test_the_same_content_is_the_same_bytes(layers: list[Path], home: Path) -> None:
    before = [path.read_bytes() for path in layers]
    archive.write(home / "image.tar", "a:1", layers, {"User": "1", "Cmd": []})
    first = (home / "image.tar").read_bytes()
    for path in home.rglob("*"):
        path.touch()
    archive.layer(home / "lower", layers[0])
    archive.layer(home / "upper", layers[1], "usr/local")
    archive.write(home / "image.tar", "a:1", layers, {"Cmd": [], "User": "1"})
    assert [path.read_bytes() for path in layers] == before
    assert (home / "image.tar").read_bytes() == first


def test_a_layer_is_roots_and_stands_below_its_prefix(layers: list[Path]) -> None:
    assert set(_members(layers[0])) == {".", "./link", "./sub", "./sub/lower"}
    assert set(_members(layers[1])) == {f"usr/local{rest}" for rest in ("", "/link", "/sub", "/sub/upper")}
    for member in _members(layers[0]).values():
        assert (member.uid, member.gid, member.uname, member.gname, member.mtime) == (0, 0, "", "", 0)
    assert _members(layers[0])["./link"].linkname == "sub"


def test_an_image_of_one_program(home: Path) -> None:
    program = home / "pause-v0"
    program.write_bytes(b"\x7fELF")
    archive.single_binary(home / "pause.tar", "example.org/pause:1", program, {"Entrypoint": ["/pause"]})
    files = _read(home / "pause.tar")
    (manifest,) = json.loads(files["manifest.json"])
    (home / "layer.tar").write_bytes(files[manifest["Layers"][0]])
    members = _members(home / "layer.tar")
    assert {name: oct(member.mode & 0o7777) for name, member in members.items() if name != "."} == {
        "./pause": "0o755",
        "./tmp": "0o1777",
    }
    assert _read(home / "layer.tar")["./pause"] == b"\x7fELF"
    assert sorted(path.name for path in home.glob("pause*")) == ["pause-v0", "pause.tar"]


def test_an_image_whose_layer_is_missing_is_not_begun(layers: list[Path], home: Path) -> None:
    layers[1].unlink()
    with pytest.raises(FileNotFoundError):
        archive.write(home / "image.tar", "a:1", layers, {})
    assert not (home / "image.tar").exists()
