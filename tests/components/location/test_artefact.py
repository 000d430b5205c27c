import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components.location.artefact import CONFIG_MAP_LIMIT, Artefact, Files, config_map, size, volume

PATHS = st.from_regex(r"[a-z]{1,3}(/[a-z]{1,3}){0,2}", fullmatch=True)
FILES = st.dictionaries(PATHS, st.text(max_size=5) | st.binary(max_size=5), min_size=1, max_size=5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model as MLflow saves one."""
    folder = tmp_path / "churn"
    (folder / "code").mkdir(parents=True)
    (folder / "MLmodel").write_text("flavors: {}\n")
    (folder / "code" / "model.pkl").write_bytes(b"\x80\x04")
    return folder


def refusal(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Artefact.model_validate(fields)
    return str(caught.value)


def test_a_file_is_read_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "iris.joblib").write_bytes(b"weights")
    assert Artefact(path=tmp_path / "iris.joblib").files == {"iris.joblib": b"weights"}


def test_a_folder_is_read_whole_under_its_own_name(folder: Path) -> None:
    assert Artefact(path=folder).files == {"churn/MLmodel": b"flavors: {}\n", "churn/code/model.pkl": b"\x80\x04"}


def test_a_file_of_the_stated_digest_is_taken(tmp_path: Path) -> None:
    (tmp_path / "iris.joblib").write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    assert Artefact(path=tmp_path / "iris.joblib", sha256=digest).digest() == digest


def test_the_digest_of_a_folder_is_that_of_its_list_of_digests(folder: Path) -> None:
    listed = [
        f"{hashlib.sha256(content).hexdigest()}  {path}\n"
        for path, content in (("churn/MLmodel", b"flavors: {}\n"), ("churn/code/model.pkl", b"\x80\x04"))
    ]
    assert Artefact(path=folder).digest() == hashlib.sha256("".join(listed).encode()).hexdigest()


def test_a_truncated_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "iris.joblib").write_bytes(b"weigh")
    message = refusal(path=tmp_path / "iris.joblib", sha256=hashlib.sha256(b"weights").hexdigest())
    assert "model 'iris.joblib' has sha256" in message
    assert "it is truncated or another one. Restore it, or state the new digest" in message


def test_a_renamed_file_in_a_folder_is_another_model(folder: Path) -> None:
    before = Artefact(path=folder).digest()
    (folder / "code" / "model.pkl").rename(folder / "code" / "other.pkl")
    assert "is truncated or another one" in refusal(path=folder, sha256=before)


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    message = refusal(path=tmp_path / "iris.joblib")
    assert "model 'iris.joblib': No such file or directory. Train it, or mend its path" in message


def test_an_empty_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "iris.joblib").touch()
    (tmp_path / "bare").mkdir()
    assert "model 'iris.joblib' is empty. Train it again" in refusal(path=tmp_path / "iris.joblib")
    assert "model 'bare' is empty. Train it again" in refusal(path=tmp_path / "bare")


@pytest.mark.parametrize("digest", ["", "abc", "G" * 64, "A" * 64, "0" * 65])
def test_what_is_no_digest_is_refused(tmp_path: Path, digest: str) -> None:
    assert "64 hexadecimal digits" in refusal(path=tmp_path / "iris.joblib", sha256=digest)


def test_size_counts_bytes_not_characters() -> None:
    assert size({"a": "é", "b": b"xyz"}) == 5


def test_the_limit_is_that_of_the_api_server() -> None:
    assert CONFIG_MAP_LIMIT == 1_048_576


@given(FILES)
def test_a_config_map_and_its_volume_give_back_every_file(files: Files) -> None:
    config = config_map("iris", files)
    text, binary = config.get("data", {}), config.get("binaryData", {})
    laid_out = {
        item["path"]: text[item["key"]] if item["key"] in text else base64.b64decode(binary[item["key"]])
        for item in volume("models", config, files)["configMap"]["items"]
    }
    assert laid_out == files


def test_paths_that_differ_only_in_slash_and_dot_keep_their_own_content() -> None:
    files: Files = {"a/b": "folder", "a.b": "file"}
    config = config_map("iris", files)
    items = volume("models", config, files)["configMap"]["items"]
    assert {item["path"]: config["data"][item["key"]] for item in items} == files


@given(FILES, FILES)
def test_a_config_map_is_named_after_its_content(one: Files, other: Files) -> None:
    assert (config_map("iris", one)["metadata"] == config_map("iris", other)["metadata"]) == (one == other)


def test_the_order_of_files_is_no_content() -> None:
    files: Files = {"a": "1", "b": "2"}
    assert config_map("iris", files)["metadata"] == config_map("iris", dict(reversed(files.items())))["metadata"]


def test_a_config_map_cannot_be_edited_under_a_running_model() -> None:
    assert config_map("iris", {"a": "1"})["immutable"] is True


def test_a_config_map_has_no_empty_parts() -> None:
    assert "binaryData" not in config_map("iris", {"a": "1"})
    assert "data" not in config_map("iris", {"a": b"1"})


def test_the_longest_name_still_makes_a_legal_one() -> None:
    assert len(config_map("x" * 63, {"a": "1"})["metadata"]["name"]) == 63
