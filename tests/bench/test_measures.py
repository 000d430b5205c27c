"""Each benchmark at toy size: it runs, compares like with like, and reports; how long it takes is not judged."""

import pytest

from bench import applying, engine, imports, objects, rendering
from bench.engine import Plan
from bench.measure import BenchError
from bench.report import Section


def well_formed(section: Section) -> bool:
    """Every row has a cell under each column, and begins with a name."""
    rows = section.rows
    return bool(rows) and all(len(row) == len(section.columns) and row[0] and row[1] for row in rows)


def test_rendering() -> None:
    section = rendering.measure((1, 2, 4), repeat=1)
    assert well_formed(section)
    # metrics-server has ten objects, an autoscaled stack seven, and there are two namespaces
    assert [(row[0], row[1]) for row in section.rows] == [("1", "19"), ("2", "26"), ("4", "40"), ("4, to disk", "40")]


def test_imports() -> None:
    section = imports.measure(repeat=1)
    assert well_formed(section)
    assert section.rows[-1][-1] == "1.00"


@pytest.mark.e2e
def test_applying() -> None:
    if why := applying.missing():
        pytest.skip(why)
    section = applying.measure(count=2, repeat=1)
    assert well_formed(section)
    assert [row[1] for row in section.rows] == ["first", "again"]


@pytest.mark.engine
def test_engine_makes_the_same_three_ways() -> None:
    if why := engine.missing():
        pytest.skip(why)
    section = engine.measure((Plan(2, 1, True),))
    assert well_formed(section)
    assert [row[1] for row in section.rows] == ["up", "no-op preview"]


def test_objects_that_differ_are_refused() -> None:
    ours = {"kind": "Service", "metadata": {"name": "iris"}, "spec": {"type": "ClusterIP"}}
    with pytest.raises(BenchError, match="Service iris is not the one of flat"):
        objects.must_equal([ours], [{**ours, "spec": {"type": "NodePort"}}], "flat")
    with pytest.raises(BenchError, match="makes 1 objects, flat 0"):
        objects.must_equal([ours], [], "flat")
