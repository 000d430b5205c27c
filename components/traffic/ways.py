"""How requests are shared between a stack and the version that is to follow it, its candidate."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from components.values import Value, Whole

Percent = Annotated[Whole, Field(ge=0, le=100)]


def one_of(**given: object) -> None:
    """Raises ValueError unless exactly one of them is there."""
    found = [name for name, value in given.items() if value is not None]
    if not found:
        raise ValueError(f"needs one of {', '.join(given)}. Add it")
    if len(found) > 1:
        raise ValueError(f"{' and '.join(found)} exclude each other. Keep one ('{found[0]}: null' removes it)")


class Marked(Value):
    """A header or a cookie whose value leads a request to the candidate."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    value: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,256}$")]


class Way(Value):
    """What every way says: `candidate`, the fields of the stack that are others in its candidate.

    Mappings are merged into the stack's, as an environment's are; the result is checked as a stack of its own.
    """

    candidate: dict[str, Any] = Field(min_length=1)

    @property
    def percent(self) -> int:
        """How many requests in a hundred the candidate answers, where nothing else decides."""
        return 0

    @property
    def plan(self) -> tuple[int, ...]:
        """Each share that `percent` is meant to pass through."""
        return (self.percent,)

    def __str__(self) -> str:
        return f"{self.percent} % of requests"


class Canary(Way):
    """A share that grows by hand: `weight`, or number `step` of the `steps` that are planned."""

    weight: Percent | None = None
    steps: tuple[Percent, ...] = ()
    step: Whole = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _one_share(self) -> Self:
        if (self.weight is None) == (not self.steps):
            raise ValueError("needs either weight or steps. Give one of them")
        if list(self.steps) != sorted(set(self.steps)):
            raise ValueError(f"steps {', '.join(map(str, self.steps))} do not grow. Put them in order, each once")
        if self.weight is not None and self.step > 1:
            raise ValueError(f"step {self.step} is one of steps, and there is a weight. Leave step out, or weight")
        if self.step > max(1, len(self.steps)):
            raise ValueError(f"step {self.step} is none of its {len(self.steps)} steps. Choose one of them, from 1")
        return self

    @property
    def percent(self) -> int:
        return self.steps[self.step - 1] if self.weight is None else self.weight

    @property
    def plan(self) -> tuple[int, ...]:
        return self.steps or (self.percent,)


class AbTest(Way):
    """Two versions side by side: by `weight`, or by a `header` or `cookie`, which keeps a caller with one of them."""

    weight: Percent | None = None
    header: Marked | None = None
    cookie: Marked | None = None

    @model_validator(mode="after")
    def _one_criterion(self) -> Self:
        one_of(weight=self.weight, header=self.header, cookie=self.cookie)
        return self

    @property
    def percent(self) -> int:
        return self.weight or 0

    def __str__(self) -> str:
        found = [(kind, mark) for kind, mark in (("header", self.header), ("cookie", self.cookie)) if mark]
        return "".join(f"{kind} {mark.name}: {mark.value}" for kind, mark in found) or super().__str__()


class Shadow(Way):
    """`copied` percent of the requests go to the candidate as well, and what it answers is thrown away."""

    copied: Whole = Field(default=100, ge=1, le=100)

    def __str__(self) -> str:
        return f"a copy of {self.copied} % of requests"


class BlueGreen(Way):
    """Both run in full, and every request goes to the one that is `live`."""

    live: Literal["stable", "candidate"] = "stable"

    @property
    def percent(self) -> int:
        return 100 if self.live == "candidate" else 0

    def __str__(self) -> str:
        return "every request" if self.live == "candidate" else "no request"


class Traffic(Value):
    """One way of bringing in a candidate; no traffic at all is a rolling update."""

    canary: Canary | None = None
    ab: AbTest | None = None
    shadow: Shadow | None = None
    blue_green: BlueGreen | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        one_of(canary=self.canary, ab=self.ab, shadow=self.shadow, blue_green=self.blue_green)
        return self

    @property
    def _ways(self) -> dict[str, Way]:
        ways = {"canary": self.canary, "ab": self.ab, "shadow": self.shadow, "blue_green": self.blue_green}
        return {name: way for name, way in ways.items() if way}

    @property
    def kind(self) -> str:
        """The key of the way that is chosen."""
        return next(iter(self._ways))

    @property
    def way(self) -> Way:
        """The way that is chosen."""
        return self._ways[self.kind]
