"""What this project is made of: pinned, hashed, declared and used."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
OURS = ("bench", "components", "infra", "model_nodes", "model_stacks", "sandbox", "scripts", "tests", "training")
LOCKS = sorted([*ROOT.glob("*.lock"), *(ROOT / "scripts").glob("*.lock")])
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
COMMANDS = {"import-linter", "mypy", "pytest-xdist", "ruff", "scipy", "types-jsonschema", "types-pyyaml"}
"""What is run, or what that reads or calls, and never imported."""
ALONG = {"googleapis-common-protos", "grpcio", "pydantic-core", "urllib3"}
"""What a declared package's interface is made of."""
APART = {"pulumi-policy"}
"""Declared in infra/policy/requirements.txt, for it has an environment of its own."""
IN_AN_IMAGE = "components/location/fetch/"
"""Runs where sandbox/images/storage-initializer.txt is installed."""
IN_A_POD = {"model-nodes", "tritonclient"}
"""Imported by programs that a test hands to a pod."""


def pins(lock: Path) -> dict[str, list[str]]:
    """Each requirement of a lock file, and its hashes."""
    entries = lock.read_text().replace("\\\n", " ").splitlines()
    return {words[0]: [word for word in words[1:] if word.startswith("--hash")] for words in map(str.split, entries)}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_is_pinned_with_its_hashes(lock: Path) -> None:
    found = pins(lock)
    assert found
    for requirement, hashes in found.items():
        assert re.fullmatch(r"[\w.-]+==[\w.]+", requirement), requirement
        assert hashes, requirement
        assert all(re.fullmatch("--hash=sha256:[0-9a-f]{64}", each) for each in hashes)


def test_every_go_module_has_its_hashes() -> None:
    wanted = set(re.findall(r"^\t(\S+) (v\S+)", (ROOT / "sandbox/go.mod").read_text(), re.MULTILINE))
    sums = (ROOT / "sandbox/go.sum").read_text()
    hashed = set(re.findall(r"^(\S+) (v[^/\s]+)/go\.mod h1:", sums, re.MULTILINE))
    assert len(wanted) > 100
    assert {name for name, _ in wanted - hashed} <= replaced()


def replaced() -> set[str]:
    """Modules of which go.mod takes another version than it requires."""
    return set(re.findall(r"^\t?(?:replace )?(\S+)(?: v\S+)? => ", (ROOT / "sandbox/go.mod").read_text(), re.MULTILINE))


def test_every_action_of_a_workflow_is_pinned_by_its_commit() -> None:
    used = [
        line.split("uses:")[1].strip()
        for path in (ROOT / ".github/workflows").glob("*.yml")
        for line in path.read_text().splitlines()
        if "uses:" in line
    ]
    assert len(used) > 4
    assert [each for each in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", each)] == []


def declared(extra: str | None = None) -> set[str]:
    listed = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    return {canonicalize_name(Requirement(each).name) for each in listed}


def imported(*folders: str) -> Iterator[tuple[str, str]]:
    """Each distribution that a file of `folders` imports, and the file."""
    known = packages_distributions()
    files = (path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py"))
    for path in (path for path in files if ".venv" not in path.parts and not str(path).startswith(IN_AN_IMAGE)):
        for name in _modules(ast.parse((ROOT / path).read_text())):
            if name not in sys.stdlib_module_names and name not in OURS and not name.startswith("_"):
                yield canonicalize_name(known.get(name, [name])[0]), str(path)


def _modules(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_nothing_is_used_that_is_not_declared() -> None:
    clouds = declared("aws") | declared("azure") | declared("gcp")
    known = declared() | clouds | ALONG | APART
    shipped = dict(imported("components", "infra", "model_stacks", "sandbox"))
    assert {name: path for name, path in shipped.items() if name not in known} == {}
    others = dict(imported("tests", "bench", "scripts", "training"))
    assert {name: path for name, path in others.items() if name not in known | declared("dev") | IN_A_POD} == {}


def test_nothing_is_declared_that_is_not_used() -> None:
    shipped = {name for name, _ in imported("components", "infra", "model_stacks", "sandbox")}
    assert declared() - shipped == set()
    everywhere = {name for name, _ in imported(*OURS)}
    assert declared("dev") - everywhere - COMMANDS == set()
    assert (declared("aws") | declared("azure") | declared("gcp")) - everywhere == set()


@pytest.mark.soak
@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_the_bill_of_materials_has_every_package(lock: Path) -> None:
    done = subprocess.run((ROOT / "scripts/audit", "sbom", lock), capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"the tool that writes it cannot be had: {done.stderr.strip().splitlines()[-1]}")
    bill = json.loads((ROOT / done.stdout.strip()).read_text())
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == PROJECT["name"]
    assert {f"{each['name']}=={each['version']}" for each in bill["components"]} == pins(lock).keys()
    assert all(each["externalReferences"][0]["hashes"] for each in bill["components"])
