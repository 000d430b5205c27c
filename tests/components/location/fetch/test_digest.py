import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.location.fetch.digest import digest

BY_HAND = "find churn -type f | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum"
"""As docs/model_stacks.md says it."""


def test_a_file_is_what_sha256sum_says(tmp_path: Path) -> None:
    (tmp_path / "iris.joblib").write_bytes(b"weights")
    said = subprocess.run(["sha256sum", tmp_path / "iris.joblib"], capture_output=True, text=True, check=True).stdout
    assert digest(tmp_path / "iris.joblib") == said.split()[0]


@pytest.mark.parametrize("names", [("MLmodel",), ("a.b", "a/b", "a-b", "B", "ä", "code/x y.pkl", "code/deep/er/z")])
def test_a_folder_is_what_the_documented_command_says(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (tmp_path / "churn" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "churn" / name).write_text(name)
    said = subprocess.run(BY_HAND, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert digest(tmp_path / "churn") == said.split()[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["a", "b", "c.d", "e"]), st.binary(max_size=3), min_size=1), st.data())
def test_any_change_is_another_model(tmp_path: Path, files: dict[str, bytes], data: st.DataObject) -> None:
    before = digest(_folder(tmp_path, files))
    name = data.draw(st.sampled_from(sorted(files)))
    assert digest(_folder(tmp_path, files)) == before
    assert digest(_folder(tmp_path, {**files, name: files[name] + b"x"})) != before
    assert digest(_folder(tmp_path, {**files, "new": b""})) != before


def _folder(place: Path, files: dict[str, bytes]) -> Path:
    folder = place / "model"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder
