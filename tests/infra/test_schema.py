import functools
import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

import components.addons
import components.clusters
import model_stacks
from components.errors import SlipwayError
from infra import environment_file, schema, settings

ROOT = Path(__file__).parents[2]
EXISTING = {"existing": {"kubeconfig": "~/.kube/config"}}
SECURE = {"secure": "AAABADQ="}

Refuses = Callable[[Any], list[str]]
Document = dict[str, Any]


def document(cluster: Any = EXISTING, **sections: Any) -> Document:
    return {"config": {"slipway:cluster": cluster, **{f"slipway:{key}": value for key, value in sections.items()}}}


def written(folder: Path, content: Document) -> Path:
    with (folder / "Pulumi.trial.yaml").open("w") as file:
        YAML().dump(content, file)
    return folder


made_once = functools.cache(schema.schema)


@pytest.fixture(scope="module")
def refused() -> Refuses:
    validator = Draft202012Validator(made_once())
    return lambda content: [error.json_path for error in validator.iter_errors(content)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Its folders addons, clusters and model_stacks hold modules of these packages."""
    before = set(sys.modules)
    for package in (components.addons, components.clusters, model_stacks):
        (home := tmp_path / package.__name__.rpartition(".")[2]).mkdir()
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(home)])
    importlib.invalidate_caches()
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(made_once())


def test_every_reference_is_defined() -> None:
    text = json.dumps(made := made_once())
    references = {part.split('"')[0] for part in text.split('"$ref": "#/$defs/')[1:]}
    assert references <= set(made["$defs"])
    assert {name.partition(".")[0] for name in references} == {"kind", "stack"}


def test_it_is_the_same_in_every_run() -> None:
    program = "import json; from infra.schema import schema; print(json.dumps(schema()))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, cwd=ROOT, stdout=-1, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert runs == {json.dumps(schema.schema()).encode() + b"\n"}


def test_it_holds_nothing_of_this_machine() -> None:
    text = json.dumps(made_once())
    assert str(ROOT) not in text
    assert str(Path.home()) not in text


def test_it_covers_what_settings_read() -> None:
    config = made_once()["properties"]["config"]
    assert {key.removeprefix("slipway:") for key in config["properties"]} == set(settings.Settings.model_fields)


@pytest.mark.parametrize("name", environment_file.names(ROOT))
def test_every_environment_of_the_project_validates(refused: Refuses, name: str) -> None:
    assert refused(YAML(typ="safe").load(ROOT / f"Pulumi.{name}.yaml")) == []


GOOD = {
    "no choices about a kind that requires none": document({"k3d": None}),
    "no choices about an add-on": document(addons={"metrics_server": None}),
    "no choices about a stack": document(models={"iris": None}),
    "a part of a stack's own value": document(models={"iris": {"models": {"iris": {"sample": {"inputs": []}}}}}),
    "nothing about a stack's models": document(models={"iris": {"models": {}}}),
    "a value taken away": document(models={"iris": {"autoscaling": None}}),
    "a trait": document({"k3d": {"traits": {"load_balancer": True}}}),
    "an encrypted text": document({"existing": {"kubeconfig": SECURE}}),
    "another program's configuration": {
        "config": {**document()["config"], "kubernetes:namespace": "x", "aws:tags": {}}
    },
    "what Pulumi writes": {
        **document(),
        "encryptionsalt": "v1:x",
        "secretsprovider": "passphrase",
        "environment": ["x"],
    },
    "what Pulumi may write one day": {**document(), "packages": {}},
}


@pytest.mark.parametrize("name", GOOD)
def test_what_slipway_reads_validates(refused: Refuses, tmp_path: Path, name: str) -> None:
    settings.from_file("trial", written(tmp_path, GOOD[name]))
    assert refused(GOOD[name]) == []


WRONG: dict[str, tuple[Document, str]] = {
    "no configuration": ({"encryptionsalt": "v1:x"}, "$"),
    "configuration that is a list": ({"config": []}, "$.config"),
    "no cluster": ({"config": {"slipway:models": {}}}, "$.config"),
    "an empty cluster": (document({}), "$.config['slipway:cluster']"),
    "two clusters": (document({"k3d": None, **EXISTING}), "$.config['slipway:cluster']"),
    "an unknown kind of cluster": (document({"k3s": None}), "$.config['slipway:cluster']"),
    "a required choice left out": (document({"existing": {}}), "$.config['slipway:cluster'].existing"),
    "no choices about a kind that requires one": (document({"existing": None}), "$.config['slipway:cluster'].existing"),
    "a number for a text": (
        document({"existing": {"kubeconfig": 1}}),
        "$.config['slipway:cluster'].existing.kubeconfig",
    ),
    "a number out of its range": (document({"k3d": {"servers": 9}}), "$.config['slipway:cluster'].k3d"),
    "an unknown section": (document(modles={"iris": None}), "$.config"),
    "an unknown add-on": (document(addons={"metric_server": None}), "$.config['slipway:addons']"),
    "an unknown choice of an add-on": (
        document(addons={"metrics_server": {"imagee": "a:1"}}),
        "$.config['slipway:addons'].metrics_server",
    ),
    "models as a list": (document(models=["iris"]), "$.config['slipway:models']"),
    "an unknown stack": (document(models={"irys": None}), "$.config['slipway:models']"),
    "no replicas": (document(models={"iris": {"replicas": 0}}), "$.config['slipway:models'].iris"),
    "an unknown format": (
        document(models={"iris": {"models": {"iris": {"format": "onyx"}}}}),
        "$.config['slipway:models'].iris",
    ),
    "an unknown key far inside": (
        document(models={"iris": {"autoscaling": {"max_replica": 3}}}),
        "$.config['slipway:models'].iris",
    ),
    "an encrypted mapping": (document(models=SECURE), "$.config['slipway:models']"),
    "an encrypted digest": (
        document(models={"iris": {"models": {"iris": {"artefact": {"sha256": SECURE}}}}}),
        "$.config['slipway:models'].iris",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_slipway_refuses_does_not_validate(refused: Refuses, tmp_path: Path, name: str) -> None:
    wrong, where = WRONG[name]
    with pytest.raises(SlipwayError):
        settings.from_file("trial", written(tmp_path, wrong))
    assert refused(wrong) == [where]


def test_a_key_without_a_namespace_is_refused_because_slipway_would_not_read_it(refused: Refuses) -> None:
    assert refused({"config": {**document()["config"], "models": {"iris": None}}}) == ["$.config"]


def test_editors_are_told_what_docstrings_say() -> None:
    made = made_once()
    models = made["properties"]["config"]["properties"]["slipway:models"]["properties"]
    assert models["iris"]["description"].startswith("Species of an iris")
    fields = made["$defs"]["stack.MLServer"]["properties"]
    assert fields["startup_seconds"]["description"].startswith("How long a replica may load before it counts as failed")
    assert fields["image"]["description"].startswith("None takes the official image")


def test_choices_over_a_stack_claim_no_defaults_and_kinds_do() -> None:
    definitions = made_once()["$defs"]
    assert "default" not in definitions["stack.MLServer"]["properties"]["replicas"]
    assert definitions["kind.MetricsServer"]["properties"]["resources"]["default"]["memory"] == "200Mi"


def test_a_new_kind_appears_by_its_file_alone(folder: Path) -> None:
    (folder / "addons" / "lighthouse.py").write_text(
        'from components.addon import Addon\n\n\nclass Lighthouse(Addon):\n    """Shines."""\n\n    candela: int\n'
        '    """Brightness."""\n'
    )
    made = schema.schema()
    validator = Draft202012Validator(made)
    assert validator.is_valid(document(addons={"lighthouse": {"candela": 3}}))
    assert not validator.is_valid(document(addons={"lighthouse": {"candela": "bright"}}))
    assert not validator.is_valid(document(addons={"lighthouse": None}))
    assert made["$defs"]["kind.Lighthouse"]["properties"]["candela"]["description"] == "Brightness."


def test_a_new_stack_of_a_new_runtime_appears_by_its_file_alone(folder: Path) -> None:
    (folder / "model_stacks" / "tide.py").write_text(
        '"""When the sea is high."""\n\nfrom components.model_stack import ModelStack\n\n\n'
        'class Almanac(ModelStack):\n    year: int\n\n\nSTACK = Almanac(name="tide", owner="harbour", year=2026)\n'
    )
    made = schema.schema()
    validator = Draft202012Validator(made)
    assert validator.is_valid(document(models={"tide": {"owner": "pilots"}}))
    assert not validator.is_valid(document(models={"tide": {"year": "MMXXVI"}}))
    models = made["properties"]["config"]["properties"]["slipway:models"]["properties"]
    assert models["tide"]["description"] == "When the sea is high."


def test_a_kind_whose_library_is_missing_may_choose_anything_and_says_why(folder: Path) -> None:
    (folder / "clusters" / "airship.py").write_text("import no_such_cloud\n")
    made = schema.schema()
    assert Draft202012Validator(made).is_valid(document({"airship": {"altitude": 300}}))
    kinds = made["properties"]["config"]["properties"]["slipway:cluster"]["properties"]
    assert "No module named 'no_such_cloud'" in kinds["airship"]["description"]


def test_a_broken_kind_is_an_error(folder: Path) -> None:
    (folder / "clusters" / "wreck.py").write_text("1 / 0\n")
    with pytest.raises(SlipwayError, match=r"wreck\.py:1: ZeroDivisionError"):
        schema.schema()
