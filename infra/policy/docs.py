"""The table of all rules in docs/policy.md: `python -m infra.policy.docs` writes it anew."""

from pathlib import Path

from .registry import all_rules
from .rule import Rule, SetRule

PAGE = Path(__file__).parents[2] / "docs" / "policy.md"
BEGIN, END = "<!-- rules: begin -->\n", "<!-- rules: end -->\n"


def table() -> str:
    """Every rule as a row of a Markdown table."""
    head = "| rule | severity | judges | demands | because | to mend |\n|---|---|---|---|---|---|\n"
    return head + "".join(map(_row, all_rules()))


def _row(rule: Rule) -> str:
    judges = "all objects" if isinstance(rule, SetRule) else "each object"
    cells = (f"[`{rule.id}`]({rule.reference})", rule.severity, judges, rule.title, rule.reason, rule.remedy)
    return f"| {' | '.join(cells)} |\n"


def page(text: str) -> str:
    """The page `text`, its table made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table() + END + after


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
