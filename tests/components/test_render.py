import errno
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from components import render, yaml_text
from components.context import Context
from components.errors import SlipwayError
from components.unit import Chart, KubernetesObject, Namespace, Unit
from tests.samples import OBJECT, stack

TRAPS = [
    *("yes", "No", "on", "OFF", "true", "null", "~", "", "0x1f", "0X1F", "0o17", "0O7", "017", "08", "0b11", "0B1"),
    *("1e3", "1E3", "-1e-3", "12e03", "0e0", ".5e1", "1.e3", "+.5", "1_000", "1:30", "190:20:30", ".inf", ".NaN", "1."),
    *(
        "2001-01-01",
        "2001-01-01T00:00:00Z",
        "=",
        "<<",
        "---",
        "- a",
        "a: b",
        "a #b",
        "#a",
        "!a",
        "&a",
        "*a",
        "%a",
        "@a",
    ),
    *(" a", "a ", "a\n", "a\n\n", "\n", "\t", "\x7f", "\x85", "\u2028", "\ufeff", "é", "\U0001f600", "{", "[", "a,b"),
    *("y", "Y", "n", "N"),
]
TEXT = st.text(max_size=8) | st.from_regex(r"[-+.0-9a-fxoeE_:]{1,8}", fullmatch=True) | st.sampled_from(TRAPS)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)
MANIFESTS = st.dictionaries(TEXT, JSON, min_size=1, max_size=3)


def unit(name: str, *after: str, **fields: Any) -> Unit:
    return Unit.model_validate({"name": name, "namespace": {"name": "tools"}, "after": after, **fields})


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@given(MANIFESTS)
def test_what_is_written_is_what_a_reader_of_yaml_1_1_reads(manifest: KubernetesObject) -> None:
    assert yaml.load(yaml_text.dump(manifest), yaml.CSafeLoader) == manifest


@given(MANIFESTS)
def test_what_is_written_is_what_a_reader_of_yaml_1_2_reads(manifest: KubernetesObject) -> None:
    assert YAML(typ="safe", pure=True).load(yaml_text.dump(manifest)) == manifest


@pytest.mark.parametrize("trap", TRAPS)
def test_text_that_looks_like_something_else_stays_text(trap: str) -> None:
    manifest = {"value": trap, trap: "key", "list": [trap]}
    assert yaml.safe_load(yaml_text.dump(manifest)) == manifest
    assert YAML(typ="safe", pure=True).load(yaml_text.dump(manifest)) == manifest


@pytest.mark.parametrize("trap", ["y", "Y", "n", "N", "08", "0O7", "-0o7", "0B1", "0X1F", "1e3", "12e03", ".5e1"])
def test_text_that_only_kubernetes_own_reader_takes_for_something_else_is_quoted(trap: str) -> None:
    assert yaml_text.dump({"value": trap}) == f"value: '{trap}'\n"
    assert yaml_text.dump({trap: "key"}) == f"'{trap}': key\n"


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (7, "7"), (0.5, "0.5"), (None, "null"), ("512Mi", "512Mi")]
)
def test_what_needs_no_quotes_gets_none(value: object, text: str) -> None:
    assert yaml_text.dump({"value": value}) == f"value: {text}\n"


def test_what_occurs_twice_is_written_twice() -> None:
    labels = {"app": "iris"}
    text = yaml_text.dump({"metadata": labels, "template": labels, "list": [labels]})
    assert not re.search(r"[&*]", text)
    assert text.count("app: iris") == 3


def test_keys_keep_their_order() -> None:
    assert yaml_text.dump(OBJECT).splitlines()[:2] == ["apiVersion: v1", "kind: ConfigMap"]


def test_a_wave_is_later_than_what_it_waits_for() -> None:
    units = [unit("keel"), unit("anchor"), unit("hull", "keel"), unit("mast", "keel", "hull"), unit("flag", "anchor")]
    assert [name for name, _ in render.folders(units)] == [
        "01-keel",
        "01-anchor",
        "02-hull",
        "03-mast",
        "02-flag",
        "00-namespaces",
    ]


def test_namespaces_are_the_first_wave_each_once() -> None:
    units = [unit("keel"), unit("hull"), unit("mast", namespace=Namespace(name="deck"))]
    folders = dict(render.folders(units))
    assert [each["metadata"]["name"] for each in folders["00-namespaces"]] == ["deck", "tools"]


def test_every_object_is_a_file_under_its_identity(tmp_path: Path) -> None:
    render.write([unit("notes", objects=(OBJECT,))], tmp_path / "out")
    files = tree(tmp_path / "out")
    assert files.keys() == {"00-namespaces/namespace.tools.yaml", "01-notes/configmap.tools.notes.yaml"}
    assert yaml.safe_load(files["01-notes/configmap.tools.notes.yaml"]) == OBJECT


def test_charts_come_before_objects() -> None:
    chart = Chart(name="a", repository="https://example.com", version="1", release="a")
    kinds = [each["kind"] for each in render.manifests(unit("notes", charts=(chart,), objects=(OBJECT,)))]
    assert kinds == ["Application", "ConfigMap"]


def test_two_renderings_are_equal_to_the_byte(tmp_path: Path) -> None:
    for name in ("one", "other"):
        environment = [stack(tmp_path, each, replicas=2).unit(Context()) for each in ("iris", "wine")]
        render.write(environment, tmp_path / name)
    assert tree(tmp_path / "one") == tree(tmp_path / "other")


def test_a_second_rendering_replaces_the_first(tmp_path: Path) -> None:
    render.write([unit("keel", objects=(OBJECT,)), unit("hull")], tmp_path / "out")
    render.write([unit("hull", objects=(OBJECT,))], tmp_path / "out")
    assert tree(tmp_path / "out").keys() == {"00-namespaces/namespace.tools.yaml", "01-hull/configmap.tools.notes.yaml"}


def test_a_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    render.write([unit("keel")], tmp_path / "a" / "b" / "out")
    assert (tmp_path / "a" / "b" / "out" / "01-keel").is_dir()


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    render.write([unit("keel")], tmp_path / "out")
    assert (tmp_path / "out" / "01-keel").is_dir()


@pytest.mark.parametrize("foreign", ["notes.txt", "src", ".git", "1-keel", "01-Keel", "001-keel"])
def test_a_folder_with_anything_foreign_is_refused_and_left_alone(tmp_path: Path, foreign: str) -> None:
    render.write([unit("keel")], tmp_path / "out")
    (tmp_path / "out" / foreign).mkdir()
    with pytest.raises(SlipwayError, match=f"holds '{foreign}/', which was not rendered. Empty it, or choose another"):
        render.write([unit("hull")], tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"00-namespaces", "01-keel", foreign}


def test_a_file_called_like_a_folder_of_ours_is_foreign(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "01-notes").write_text("my notes")
    with pytest.raises(SlipwayError, match="holds '01-notes', which was not rendered"):
        render.write([unit("keel")], tmp_path / "out")


def test_a_file_in_a_folder_of_ours_that_was_not_rendered_is_foreign(tmp_path: Path) -> None:
    render.write([unit("keel")], tmp_path / "out")
    (tmp_path / "out" / "01-keel" / "notes.txt").write_text("my notes")
    with pytest.raises(SlipwayError, match=r"holds '01-keel/notes.txt', which was not rendered"):
        render.write([unit("keel")], tmp_path / "out")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("my notes")
    with pytest.raises(SlipwayError, match=r"is a file; rendering makes a folder. Choose another --out"):
        render.write([unit("keel")], tmp_path / "out")
    assert (tmp_path / "out").read_text() == "my notes"


@pytest.mark.parametrize("out", [".", ".."])
def test_the_folder_one_stands_in_is_not_pulled_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str) -> None:
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    with pytest.raises(SlipwayError, match="is the folder you are in, and it would be replaced"):
        render.write([unit("keel")], Path(out))


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    render.write([unit("keel")], tmp_path / "out")
    assert (tmp_path / "out").is_symlink()
    assert (tmp_path / "real" / "01-keel").is_dir()


def test_a_place_that_cannot_be_written_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("my notes")
    with pytest.raises(SlipwayError, match="notes/out cannot be written: File exists"):
        render.write([unit("keel")], tmp_path / "notes" / "out")


def test_what_fails_midway_changes_nothing_and_leaves_nothing_behind(tmp_path: Path) -> None:
    render.write([unit("keel", objects=(OBJECT,))], tmp_path / "out")
    before = tree(tmp_path)
    unwritable = {**OBJECT, "data": object()}
    with pytest.raises(yaml.YAMLError):
        render.write([unit("hull"), unit("mast", objects=(unwritable,))], tmp_path / "out")
    assert tree(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_folder_is_never_seen_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    render.write([unit("keel")], tmp_path / "out")
    seen: list[set[str]] = []
    dump = yaml_text.dump

    def watched(manifest: KubernetesObject) -> str:
        seen.append({path.name for path in (tmp_path / "out").iterdir()})
        return dump(manifest)

    monkeypatch.setattr(render, "dump", watched)
    render.write([unit("hull"), unit("mast", objects=(OBJECT,))], tmp_path / "out")
    assert seen == [{"00-namespaces", "01-keel"}] * 2


def test_a_swap_that_fails_brings_the_old_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    render.write([unit("keel")], tmp_path / "out")
    before, rename = tree(tmp_path), Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(SlipwayError, match="out cannot be written: No space left on device"):
        render.write([unit("hull")], tmp_path / "out")
    assert tree(tmp_path) == before


def test_a_stack_of_the_longest_name_can_be_written(tmp_path: Path) -> None:
    render.write([stack(tmp_path, "x" * 63, replicas=2).unit(Context())], tmp_path / "out")
    assert len(tree(tmp_path / "out")) == 7


def test_what_files_cannot_say_is_said_in_one_line_a_unit() -> None:
    secret = {"name": "notes-db", "keys": {"password": 32, "user": 32}}
    grant = {"account": "notes", "stores": ["s3://models/a", "s3://models/b"]}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "notes", "namespace": "tools"}}
    granted: dict[str, Any] = {"grants": (grant,), "objects": (account,)}
    units = [unit("plain"), unit("notes", secrets=(secret,), **granted), unit("keel", **granted)]
    assert list(render.unwritten(units)) == [
        "notes, not written: Secret tools/notes-db (password, user), to make beforehand; "
        "tools/notes may read s3://models/a, s3://models/b: `pulumi up` binds it",
        "keel, not written: tools/notes may read s3://models/a, s3://models/b: `pulumi up` binds it",
    ]


def test_a_generated_secret_is_not_written(tmp_path: Path) -> None:
    secret = {"name": "notes-db", "keys": {"password": 32}}
    render.write([unit("notes", secrets=(secret,), objects=(OBJECT,))], tmp_path / "out")
    assert not [name for name in tree(tmp_path / "out") if "secret" in name]
