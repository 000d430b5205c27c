"""The page of figures says what is there."""

from tests import trust


def test_the_page_is_as_its_tests_make_it() -> None:
    text = trust.PAGE.read_text(encoding="utf-8")
    assert text == trust.page(text), "run `python -m tests.trust`"


def test_every_figure_is_worth_telling() -> None:
    counts = {what: count for what, count, _ in trust.figures()}
    assert counts["rules of policy"] >= 45
    assert counts["of these, killed"] > 0.95 * counts["mutants of our environments"]
    assert counts["faults on a real cluster"] >= 20
    assert any(fault.soak for fault in trust.faults())
