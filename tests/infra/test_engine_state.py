from pathlib import Path

import pytest

from components.errors import SlipwayError
from infra.engine_state import mend

GOOD = '{"version": 3}'


def stacks(folder: Path, **files: str) -> Path:
    place = folder / ".pulumi" / "stacks" / "slipway"
    place.mkdir(parents=True)
    for name, text in files.items():
        (place / name.replace("_", ".")).write_text(text)
    return place / "dev.json"


@pytest.mark.parametrize("text", ["", '{"version": 3', "[]", "\x00\x00"])
def test_a_damaged_state_is_what_it_was_one_step_before(tmp_path: Path, text: str) -> None:
    state = stacks(tmp_path, dev_json=text, dev_json_bak=GOOD)
    assert mend(tmp_path, "dev")
    assert state.read_text() == GOOD


def test_a_good_state_is_left_alone(tmp_path: Path) -> None:
    state = stacks(tmp_path, dev_json='{"version": 4}', dev_json_bak=GOOD, other_json="")
    assert not mend(tmp_path, "dev")
    assert state.read_text() == '{"version": 4}'


def test_no_state_is_not_a_damaged_one(tmp_path: Path) -> None:
    assert not mend(tmp_path, "dev")


@pytest.mark.parametrize("before", [{}, {"dev_json_bak": "{"}])
def test_where_both_are_damaged_it_says_where_older_ones_are(tmp_path: Path, before: dict[str, str]) -> None:
    stacks(tmp_path, dev_json="", **before)
    with pytest.raises(
        SlipwayError, match=r"dev.json is damaged, and dev.json.bak too. Put .*backups/slipway/dev there"
    ):
        mend(tmp_path, "dev")
