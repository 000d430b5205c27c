import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from components import catalog
from components.errors import Invalid, SlipwayError, UnknownKind

PACKAGE = "shipyard"


class Hull:
    """What the modules below offer kinds and instances of."""


@pytest.fixture
def shipyard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / PACKAGE
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def put(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.py").write_text(f"from {__name__} import Hull\n{text}\n")


def test_names_are_the_modules_sorted(shipyard: Path) -> None:
    for name in ("sloop", "barge"):
        put(shipyard, name, "")
    (shipyard / "rigging").mkdir()
    (shipyard / "rigging" / "__init__.py").touch()
    (shipyard / "notes.txt").touch()
    assert catalog.names(PACKAGE) == ("barge", "sloop")


def test_names_cost_no_import(shipyard: Path) -> None:
    put(shipyard, "broken", "raise RuntimeError")
    assert catalog.names(PACKAGE) == ("broken",)


def test_a_kind_is_the_class_that_its_module_defines(shipyard: Path) -> None:
    put(shipyard, "sloop", "class Sloop(Hull): pass")
    put(shipyard, "ketch", "from shipyard.sloop import Sloop\nclass Ketch(Sloop): pass\nclass Mast: pass")
    assert catalog.kind(PACKAGE, "ketch", Hull).__name__ == "Ketch"


def test_an_instance_is_what_its_module_holds(shipyard: Path) -> None:
    put(shipyard, "ann", "class Sloop(Hull): pass\nANN = Sloop()")
    assert isinstance(catalog.instance(PACKAGE, "ann", Hull), Hull)


def test_a_name_without_a_module_gets_the_nearest(shipyard: Path) -> None:
    put(shipyard, "sloop", "")
    with pytest.raises(UnknownKind, match=r"there is no 'slop' in shipyard\. Did you mean 'sloop'\?"):
        catalog.kind(PACKAGE, "slop", Hull)


@pytest.mark.parametrize("name", ["", ".", "..", "os.path", "__init__", "sloop.py", "../sloop"])
def test_a_name_is_never_a_way_out_of_the_folder(shipyard: Path, name: str) -> None:
    put(shipyard, "sloop", "class Sloop(Hull): pass")
    with pytest.raises(UnknownKind):
        catalog.kind(PACKAGE, name, Hull)


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("class A(Hull): pass\nclass B(Hull): pass", 2), ("class A: pass", 0)]
)
def test_a_module_that_does_not_define_one_kind_is_refused(shipyard: Path, text: str, count: int) -> None:
    put(shipyard, "sloop", text)
    message = f"shipyard/sloop.py must define exactly one subclass of Hull, and defines {count}. Add or remove some"
    with pytest.raises(SlipwayError, match=message):
        catalog.kind(PACKAGE, "sloop", Hull)


@pytest.mark.parametrize(("text", "count"), [("", 0), ("A = Hull()\nB = Hull()", 2)])
def test_a_module_that_does_not_hold_one_instance_is_refused(shipyard: Path, text: str, count: int) -> None:
    put(shipyard, "sloop", text)
    with pytest.raises(SlipwayError, match=f"shipyard/sloop.py must define exactly one Hull, and defines {count}"):
        catalog.instance(PACKAGE, "sloop", Hull)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def (", "2: SyntaxError: invalid syntax. Mend that line"),
        ("x = 1\n1 / 0", "3: ZeroDivisionError: division by zero. Mend that line"),
        (
            "import no_such_module",
            "2: ModuleNotFoundError: No module named 'no_such_module'. Install it, or mend that line",
        ),
        (
            "import json\njson.loads('{')",
            "3: JSONDecodeError: Expecting property name enclosed in double quotes. Mend that line",
        ),
        ("assert False", "2: AssertionError. Mend that line"),
    ],
)
def test_a_module_that_fails_gives_one_line_that_says_where_and_why(shipyard: Path, text: str, reason: str) -> None:
    put(shipyard, "sloop", text)
    with pytest.raises(SlipwayError) as caught:
        catalog.kind(PACKAGE, "sloop", Hull)
    assert str(caught.value) == f"shipyard/sloop.py:{reason}"


@pytest.mark.parametrize(("package", "extra"), [("pulumi_aws.eks", "aws"), ("pulumi_azure_native", "azure")])
def test_a_module_that_lacks_a_package_of_an_extra_names_the_extra(shipyard: Path, package: str, extra: str) -> None:
    put(shipyard, "sloop", f"raise ModuleNotFoundError(name={package!r})")
    with pytest.raises(SlipwayError) as caught:
        catalog.kind(PACKAGE, "sloop", Hull)
    needs = f"module shipyard.sloop needs {package}, which is not installed"
    assert str(caught.value) == f"{needs}. pip install 'slipway[{extra}]'"


def test_each_mistake_in_a_value_of_the_module_has_the_line_of_the_value(shipyard: Path) -> None:
    put(
        shipyard,
        "sloop",
        "from components.unit import Namespace\nNamespace(\n    name=7,\n    pod_securty='restricted')",
    )
    with pytest.raises(Invalid) as caught:
        catalog.kind(PACKAGE, "sloop", Hull)
    assert str(caught.value).splitlines() == [
        "shipyard/sloop.py:3: name: must be text; got 7. Put it in quotes",
        "shipyard/sloop.py:3: pod_securty: unknown key. Did you mean 'pod_security'?",
    ]


def test_a_module_that_was_mended_is_read_again(shipyard: Path) -> None:
    put(shipyard, "sloop", "raise OSError('tide')")
    with pytest.raises(SlipwayError, match="tide"):
        catalog.kind(PACKAGE, "sloop", Hull)
    put(shipyard, "sloop", "class Sloop(Hull): 'A sloop.'")
    importlib.invalidate_caches()
    assert catalog.kind(PACKAGE, "sloop", Hull).__doc__ == "A sloop."
