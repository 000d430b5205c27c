"""What an environment file says about policy."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from components.context import Profile
from components.values import Value, is_registry
from infra.policy import Exemption, Level, Terms, all_rules
from infra.policy.terms import day


def _rule(name: str) -> str:
    known = [rule.id for rule in all_rules()]
    if name not in known:
        (nearest,) = get_close_matches(name, known, n=1, cutoff=0)
        raise ValueError(f"is no rule of policy. Did you mean {nearest!r}? docs/policy.md lists all")
    return name


def _day(said: object) -> object:
    if isinstance(said, date):
        return said
    with suppress(ValueError):
        if isinstance(said, str):
            return date.fromisoformat(day(said))
    raise ValueError("must be a day such as '2030-01-31', in quotes")


def _registry(text: str) -> str:
    if not is_registry(text.rstrip("/")):
        raise ValueError("must be HOST or HOST/PATH, without a scheme or pattern, such as registry.example.com/models")
    return text


Registry = Annotated[str, AfterValidator(_registry)]
"""The beginning of the images that may run: a host, or more of the path."""
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
    exemptions = (Exemption(**each.model_dump()) for each in exceptions)
    return Terms.of(Level(profile), exemptions, registries, sources)
