"""What an environment file says about policy."""

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from components.context import Profile
from components.values import Value
from infra.policy import Exemption, Level, Terms, all_rules
from infra.policy.terms import REGISTRIES, STORES, day


def _rule(name: str) -> str:
    known = [rule.id for rule in all_rules()]
    if name not in known:
        (nearest,) = get_close_matches(name, known, n=1, cutoff=0)
        raise ValueError(f"is no rule of policy. Did you mean {nearest!r}? docs/policy.md lists all")
    return name


def _day(said: object) -> object:
    return day(said) if isinstance(said, str) else said


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class PolicyException(Value):
    """Lets `object` break `rule` to the end of the day `until`.

    `object` is spelt as `slipway policy` spells it, `*` for any text: `Deployment models/iris`, `Deployment models/*`.
    """

    rule: Annotated[str, AfterValidator(_rule)]
    object: Text
    reason: Text
    until: Annotated[date, BeforeValidator(_day)]


def terms(
    profile: Profile,
    exceptions: Iterable[PolicyException],
    registries: tuple[str, ...] | None,
    sources: tuple[str, ...] | None,
) -> Terms:
    """The same as policy takes it; None: what it trusts by itself."""
    exemptions = tuple(Exemption(**each.model_dump()) for each in exceptions)
    images, models = REGISTRIES if registries is None else registries, STORES if sources is None else sources
    return Terms(Level(profile), exemptions, images, models)
