import re

import pytest

from components.azure.stores import condition


def allows(text: str, *, blob: str = "", listing: bool = False) -> bool:
    """What Azure says of reading a blob, or of listing those that begin with `blob`, under a condition.

    Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format
    """
    for pattern, meaning in (
        (r"SubOperationMatches\{'Blob.List'\}", repr(listing)),
        (r"ActionMatches\{'[^']*/blobs/read'\}", "True"),
        (r"@Resource\[[^]]*/blobs:path\]", repr(blob)),
        (r"@Request\[[^]]*/blobs:prefix\]", repr(blob)),
        (r"StringEquals ('[^']*')", r"== \1"),
        (r" StringStartsWith ('[^']*')", r".startswith(\1)"),
        (r"!\(", "not ("),
        (r"\b(AND|OR|NOT)\b", lambda found: found[0].lower()),
    ):
        text = re.sub(pattern, meaning, text)
    return bool(eval(text))


PREFIXES = ("iris/v1", "wine")
READ = [
    *(("iris/v1", True), ("iris/v1/model.bin", True), ("wine/a/b", True), ("iris/v10/model.bin", False)),
    *(("iris", False), ("winery", False), ("other", False), ("", False)),
]


@pytest.mark.parametrize("listing", [False, True])
@pytest.mark.parametrize(("blob", "allowed"), READ)
def test_what_lies_at_or_below_a_prefix_can_be_read_and_nothing_else(blob: str, allowed: bool, listing: bool) -> None:
    text = condition(PREFIXES)
    assert text is not None
    assert allows(text, blob=blob, listing=listing) is allowed


def test_a_whole_container_needs_no_condition() -> None:
    assert condition(["iris", ""]) is None


def test_the_order_of_prefixes_changes_nothing() -> None:
    assert condition(["a", "b", "a"]) == condition(["b", "a"])
