"""The table of all rules in docs/policy.md: `python -m infra.policy.docs` writes it anew."""

from pathlib import Path

from .registry import all_rules
from .rule import ResourceRule, Rule, SetRule

PAGE = Path(__file__).parents[2] / "docs" / "policy.md"
BEGIN, END = "<!-- rules: begin -->\n", "<!-- rules: end -->\n"


def table() -> str:
    """Every rule as a row of a Markdown table."""
    head = "| rule | severity | judges | demands | because | to mend |\n|---|---|---|---|---|---|\n"
    return head + "".join(map(_row, all_rules()))


def _row(rule: Rule) -> str:
    cells = (f"[`{rule.id}`]({rule.reference})", rule.severity, _judged(rule), rule.title, rule.reason, rule.remedy)
    return f"| {' | '.join(cells)} |\n"


def _judged(rule: Rule) -> str:
    if isinstance(rule, ResourceRule):
        return ", ".join(f"`{each}`" for each in rule.types)
    return "all objects" if isinstance(rule, SetRule) else "each object"


def page(text: str) -> str:
    """The page `text`, its table made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table() + END + after


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
