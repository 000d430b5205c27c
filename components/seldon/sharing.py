"""A stack's candidate, as a second predictor among which the gateway shares requests by weight."""

from collections.abc import Iterator

from components.errors import Mistake, YamlPath
from components.mistakes import refused
from components.seldon.predictor import Predictor
from components.traffic.versions import place
from components.traffic.ways import AbTest, Shadow, Traffic

NAME = "candidate"
Predictors = tuple[Predictor, ...]


def shared(stable: Predictors, candidate: Predictors, traffic: Traffic) -> Predictors:
    """Both versions with their shares of the requests. Raises ValidationError, its paths those of the stack."""
    if found := list(_mistakes(stable, candidate, traffic)):
        raise refused(found)
    way = traffic.way
    if isinstance(way, Shadow):
        said = {"shadow": True, "traffic": way.copied}
        return _with(stable, traffic=100), _with(candidate, **said)
    return _with(stable, traffic=100 - way.percent), _with(candidate, traffic=way.percent)


def _with(found: Predictors, **said: int) -> Predictor:
    return found[0].model_copy(update=said)


def _mistakes(stable: Predictors, candidate: Predictors, traffic: Traffic) -> Iterator[Mistake]:
    way, there = traffic.way, (*place(traffic), "candidate", "predictors")
    if isinstance(way, AbTest) and way.weight is None:
        mark, fact = "header" if way.header else "cookie", "Seldon shares requests by weight alone"
        yield Mistake((*place(traffic), mark), f"{fact}. Say weight, or use a runtime of one container at a gateway")
    if len(stable) > 1:
        fact = f"is for one predictor that answers and a candidate, and there are {len(stable)}"
        yield Mistake(("traffic",), f"{fact}. Leave it out, and say a share of each")
    else:
        yield from _said_twice(("predictors", 0), stable[0])
    if len(candidate) > 1:
        yield Mistake(there, f"has {len(candidate)}, and a candidate is one predictor. Keep one")
    if candidate[0].name != NAME:
        yield Mistake((*there, 0, "name"), f"is {candidate[0].name!r}, and that of a candidate is {NAME!r}. Change it")
    yield from _said_twice((*there, 0), candidate[0])


def _said_twice(path: YamlPath, found: Predictor) -> Iterator[Mistake]:
    """Shares of a predictor's own."""
    for field in found.model_dump(include={"shadow", "traffic"}, exclude_defaults=True):
        yield Mistake((*path, field), "is what the stack's traffic says. Leave it out")
