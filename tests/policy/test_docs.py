"""The page on policy says what the rules say."""

import re

import pytest

from infra.policy import Rule, all_rules
from infra.policy.docs import PAGE, page

DOCS = (
    "https://docs.seldon.ai/seldon-core-1/",
    "https://github.com/SeldonIO/seldon-core/",
    "https://istio.io/latest/docs/",
    "https://jupyterhub.readthedocs.io/",
    "https://kserve.github.io/website/docs/",
    "https://kubernetes.io/docs/",
    "https://z2jh.jupyter.org/en/stable/",
    "https://docs.aws.amazon.com/",
    "https://cloud.google.com/",
    "https://learn.microsoft.com/",
    "https://www.pulumi.com/registry/",
)


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text), "docs/policy.md is out of date. Run: python -m infra.policy.docs"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_every_rule_says_what_people_need(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.reason.endswith(".")
    assert rule.remedy.endswith(".")
    assert rule.reference.startswith(DOCS)
    assert not re.search(r"[|\n]", rule.title + rule.reason + rule.remedy), "would break the table"
