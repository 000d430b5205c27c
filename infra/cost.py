"""What a month of an environment's cluster costs: its bill at list prices, which are data with a date.

`python -m infra.cost` writes the tables of docs/clusters/ anew.
"""

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import yaml
from pydantic import Field, ValidationError

from components.cluster import Charge
from components.errors import Invalid, SlipwayError
from components.mistakes import mistakes
from components.values import Value
from infra import settings
from infra.settings import Target

PROJECT = Path(__file__).parents[1]
PRICES = Path(__file__).parent / "prices"
HEAD = ("what", "quantity", "each", "a month")
MARK = "<!-- cost -->\n"


class PriceList(Value):
    """A cloud's list prices: `prices` is what is charged for, such as "m7i.large hour", to one of it in `currency`."""

    date: datetime.date
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    region: str
    source: Annotated[str, Field(pattern="^https://")]
    prices: dict[str, Annotated[Decimal, Field(ge=0)]]


class Line(NamedTuple):
    """What is charged for in a month, and how much of it; `price` is None where the list has none."""

    what: str
    quantity: Decimal
    price: Decimal | None

    @property
    def month(self) -> Decimal:
        """Its share of the total: nothing where its price is not known."""
        return self.quantity * (self.price or 0)

    def record(self) -> dict[str, Any]:
        """As JSON has it, amounts as exact text."""
        found = {**self._asdict(), "month": self.month}
        return {key: f"{value:f}" if isinstance(value, Decimal) else value for key, value in found.items()}

    def cells(self) -> tuple[str, str, str, str]:
        """As text, under HEAD."""
        known = (f"{self.price:f}", f"{self.month:,.2f}") if self.price is not None else ("not listed", "not counted")
        return (self.what, f"{self.quantity:,f}", *known)


class Estimate(NamedTuple):
    """A month's bill at the prices of a list."""

    prices: PriceList
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """Of what is listed."""
        return sum((line.month for line in self.lines), Decimal())

    def rows(self) -> list[tuple[str, str, str, str]]:
        """Each line and the total, as text under HEAD."""
        unlisted = sum(line.price is None for line in self.lines)
        total = f"total without the {unlisted} not listed" if unlisted else "total"
        return [*(line.cells() for line in self.lines), (total, "", "", f"{self.total:,.2f}")]

    def record(self) -> dict[str, Any]:
        """The same as JSON has it; what has no price is not in the total."""
        lines = [line.record() for line in self.lines]
        of = self.prices
        whole = {"currency": of.currency, "region": of.region, "date": str(of.date)}
        return {**whole, "lines": lines, "total": f"{self.total:f}"}

    def note(self) -> str:
        """What the figures are, and what they leave out."""
        of = self.prices
        prices = f"{of.currency}, list prices of {of.region} on {of.date}, at each pool's minimum"
        return f"{prices}; traffic and storage used are extra."


def estimate(bill: tuple[Charge, ...], prices: PriceList) -> Estimate:
    """Each thing that `bill` has once, with all of its quantities."""
    sums: dict[str, Decimal] = {}
    for what, quantity in bill:
        sums[what] = sums.get(what, Decimal()) + Decimal(str(quantity))
    lines = (Line(what, quantity.normalize(), prices.prices.get(what)) for what, quantity in sums.items())
    return Estimate(prices, tuple(lines))


def of(target: Target) -> Estimate:
    """The bill of `target` at the prices of its kind. Raises SlipwayError where these are missing or wrong."""
    return estimate(target.cluster.spec.bill(), _price_list(PRICES / f"{target.cluster.kind.key()}.yaml"))


def _price_list(path: Path) -> PriceList:
    try:
        return PriceList.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise SlipwayError(f"there is no list of prices {path}. Write one, with its date and source") from None
    except ValidationError as error:
        raise Invalid(mistakes(error, PriceList, (path.name,))) from None


def kinds() -> list[str]:
    """The kinds of cluster that have a list of prices."""
    return sorted(path.stem for path in PRICES.glob("*.yaml"))


def page(kind: str, project: Path = PROJECT) -> tuple[Path, str]:
    """The page of a kind, and what it should say: with the bill of Pulumi.KIND.yaml at its mark, or between its two."""
    path = project / "docs" / "clusters" / f"{kind}.md"
    before, *_, after = path.read_text(encoding="utf-8").split(MARK)
    return path, f"{before}{MARK}\n{_markdown(of(settings.from_file(kind, project)))}\n{MARK}{after}"


def _markdown(found: Estimate) -> str:
    rows = [HEAD, ("---", "---:", "---:", "---:"), *found.rows()]
    table = "".join(f"| {' | '.join(cells)} |\n" for cells in rows)
    return f"{table}\n{found.note()} [Source]({found.prices.source}).\n"


if __name__ == "__main__":
    for path, text in map(page, kinds()):
        path.write_text(text, encoding="utf-8")
