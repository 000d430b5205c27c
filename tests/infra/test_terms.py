"""What an environment file says about policy, and what it must not."""

from datetime import date
from typing import Any

import pytest

from components.errors import Invalid
from infra import settings
from infra.policy import Exemption, Level
from infra.policy.terms import REGISTRIES, STORES

DECISION = {"rule": "image-digest", "object": "Deployment models/*", "reason": "no mirror yet", "until": "2027-01-31"}


def target(**chosen: Any) -> settings.Target:
    return settings.target("trial", {"cluster": {"existing": {"kubeconfig": "~/x"}}, **chosen})


@pytest.mark.parametrize("until", ["2027-01-31", date(2027, 1, 31), "2027-01-31 00:00:00 +0000 UTC"])
def test_policy_gets_what_the_file_says(until: Any) -> None:
    terms = target(exceptions=[{**DECISION, "until": until}], sources=["s3://models/"]).terms
    assert terms.exemptions == (Exemption("image-digest", "Deployment models/*", "no mirror yet", date(2027, 1, 31)),)
    assert (terms.registries, terms.sources) == (REGISTRIES, ("s3://models",))


@pytest.mark.parametrize("profile", Level)
def test_its_profile_is_its_level(profile: Level) -> None:
    assert target(profile=profile.value).terms.level is profile
    assert target().terms.level is Level.PRODUCTION
    assert target().terms.sources == STORES


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"rule": "image-digset"}, "'image-digset' is no rule of policy. Did you mean 'image-digest'? docs/policy.md"),
        ({"object": " "}, "exceptions[0].object: must have at least 1 characters"),
        ({"reason": ""}, "exceptions[0].reason: must have at least 1 characters"),
        ({"until": "soon"}, "exceptions[0].until: input should be a valid date"),
        ({"until": None}, "exceptions[0].until: input should be a valid date"),
        ({"ticket": "OPS-1"}, "exceptions[0].ticket: unknown key."),
    ],
)
def test_an_exception_is_whole(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(Invalid) as error:
        target(exceptions=[{**DECISION, **wrong}])
    assert told in str(error.value)
