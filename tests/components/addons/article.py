"""What the k3d article tells people to type, read from the article itself."""

import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml


def text(shared: Path) -> str:
    """The article, its lines ended by a backslash joined."""
    (path,) = (shared / "articles").glob("001_*.txt")
    return re.sub(r"\\\n\s*", " ", path.read_text())


def manifests(shared: Path) -> list[dict[str, Any]]:
    """Each object that it pipes into kubectl, in its order."""
    heredocs = re.findall(r"<<EOF[^\n]*\n(.*?)\nEOF", text(shared), re.DOTALL)
    return [document for heredoc in heredocs for document in yaml.safe_load_all(heredoc)]


def manifest(shared: Path, kind: str) -> dict[str, Any]:
    """The last object of that kind, which is the one that it means."""
    return [each for each in manifests(shared) if each["kind"] == kind][-1]


def releases(shared: Path) -> dict[str, dict[str, Any]]:
    """Each Helm release that it installs: its chart, namespace, and the values that it sets."""
    found: dict[str, dict[str, Any]] = {}
    for command in re.findall(r"helm upgrade .*", text(shared)):
        words = [word for word in shlex.split(command) if word != "--cleanup-on-fail"]
        release, chart = next((one, two) for one, two in pairwise(words) if "/" in two)
        options = dict(pairwise(words))
        sets = [value.split("=") for option, value in pairwise(words) if option == "--set"]
        found[release] = {
            "chart": chart.partition("/")[2],
            "namespace": options["--namespace"],
            "set": {key: yaml.safe_load(value) for key, value in sets},
        }
    return found


def repositories(shared: Path) -> set[str]:
    """The chart repositories that it adds, without the last slash."""
    return {url.rstrip("/") for url in re.findall(r"helm repo add \S+ (\S+)", text(shared))}


def jupyterhub_values(shared: Path) -> dict[str, Any]:
    """Its config.yaml."""
    found = re.search(r'title="config.yaml"\n(.*?)```', text(shared), re.DOTALL)
    assert found
    return dict(yaml.safe_load(found[1]))
