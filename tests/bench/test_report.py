"""What is measured reaches the reader, fairly compared."""

import io
from datetime import date

import pytest
from rich.console import Console

from bench.measure import BenchError, python, ratio, rounds
from bench.report import Section, aim, markdown, screen

SECTION = Section("Sums", ("size", "time", "aim"), [("10", "2 s", aim(2, 3)), ("20", "4 s", aim(4, 3))], ("By hand.",))


def test_a_page() -> None:
    page = markdown(SECTION).splitlines()
    assert page[0] == "# Benchmarks"
    begin = page.index("## Sums")
    assert page[begin + 2].startswith(f"{date.today()}: ")
    assert page[begin + 4 :] == [
        "| size | time | aim |",
        "| --- | ---: | ---: |",
        "| 10 | 2 s | ≤ 3 met |",
        "| 20 | 4 s | ≤ 3 missed |",
        "",
        "- By hand.",
    ]


def test_what_is_measured_anew_takes_its_older_place_and_leaves_the_rest() -> None:
    page = ""
    for title, note in (("Products", "First."), ("Sums", "First."), ("Products", "Again.")):
        page = markdown(SECTION._replace(title=title, notes=(note,)), page)
    assert [line for line in page.splitlines() if line.startswith(("## ", "- "))] == [
        *("## Products", "- Again."),
        *("## Sums", "- First."),
    ]
    assert page == markdown(SECTION._replace(notes=("First.",)), page)


def test_a_screen() -> None:
    shown = io.StringIO()
    Console(width=80, file=shown).print(screen(SECTION))
    assert all(word in shown.getvalue() for word in ("Sums", "≤ 3 missed", "By hand."))


def test_contenders_take_turns_in_who_is_first() -> None:
    order: list[str] = []
    results = rounds(3, {"a": lambda: order.append("a"), "b": lambda: order.append("b")})
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert {who: len(each) for who, each in results.items()} == {"a": 3, "b": 3}


def test_a_ratio_is_taken_within_rounds() -> None:
    assert ratio([1.0, 20.0, 3.0], [1.0, 10.0, 1.5]) == 2.0


def test_a_failed_process_says_why() -> None:
    with pytest.raises(BenchError, match="ended with 3: no luck"):
        python("-c", "import sys; print('no luck', file=sys.stderr); sys.exit(3)")
