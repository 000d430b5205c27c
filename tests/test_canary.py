"""A secret that is put wherever one may be, and searched for in everything that comes out."""

import base64
import json
import sys
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from components.platform import Platform
from infra import cli, settings
from infra.patience import Patience
from tests.components.deployed import SECRET, SIGNATURE, deploy
from tests.infra.api_server import serving

CANARY = "c4n4ry5l1pw4yc4n4ry"
"""Nothing that escapes or quotes a text changes it."""
VARIABLES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN", "AWS_SECRET_ACCESS_KEY", "HF_TOKEN")
URIS = {
    "user": {"uri": f"https://user:{CANARY}@example.com/iris.joblib"},
    "query": {"uri": f"https://example.com/iris.joblib?token={CANARY}"},
    "both": {"uri": f"https://user:{CANARY}@example.com/iris.joblib?token={CANARY}"},
    "key": {"uri": f"s3://key:{CANARY}@models/iris"},
}
MLFLOW = {"database": "elsewhere", "storage_class": "standard"}
KUBECTL = """#!/bin/sh
# All that it is asked for is not there, all that it is given is done.
case "$*" in *" get "*" -l "*) echo '{"items": []}';; *" get "*) ;; *) cat > given.$$; echo done;; esac
"""


class Place:
    """A project whose secrets are all the canary, and a machine on which to work with it."""

    def __init__(self, folder: Path, kubeconfig: Path) -> None:
        self.folder, self.kubeconfig = folder, kubeconfig
        known = yaml.safe_load(kubeconfig.read_text())
        known["users"][0]["user"] = {"token": CANARY}
        kubeconfig.write_text(yaml.safe_dump(known))
        (folder / "bin").mkdir()
        (folder / "bin" / "kubectl").write_text(KUBECTL)
        (folder / "bin" / "kubectl").chmod(0o755)

    def environment(self, kubeconfig: Any, **sections: Any) -> None:
        """Write the environment file."""
        config = {"slipway:cluster": {"existing": {"kubeconfig": kubeconfig}}}
        config |= {f"slipway:{name}": choices for name, choices in sections.items()}
        (self.folder / "Pulumi.test.yaml").write_text(yaml.safe_dump({"config": config}))

    def written(self) -> Iterator[tuple[str, str]]:
        """Every file below the folder but those that the user wrote, and what kubectl was given."""
        for path in self.folder.rglob("*"):
            if path.is_file() and path != self.kubeconfig and not path.name.startswith(("Pulumi.test", "given")):
                yield str(path), path.read_bytes().decode(errors="replace")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for variable in VARIABLES:
        monkeypatch.setenv(variable, CANARY)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr(Patience, "lasts", lambda _: False)
    monkeypatch.setattr("infra.rendered.secrets.token_hex", lambda _: CANARY)
    monkeypatch.setattr(sys, "argv", ["slipway"])
    monkeypatch.chdir(tmp_path)
    with serving(tmp_path, {"GET /version": (200, {"gitVersion": "v1.36.3"})}) as (live, _):
        yield Place(tmp_path, live.kubeconfig)


def calls(folder: Path) -> Iterator[list[str]]:
    """Every command, with each of its flags and each value of its choices."""
    group: Any = get_command(cli.app)
    for name, command in group.commands.items():
        base = [name, *(word for parameter in command.params for word in _given(parameter, folder / name))]
        yield base
        for parameter in command.params:
            if getattr(parameter, "is_flag", False):
                yield [*base, parameter.opts[0]]
            if isinstance(parameter.default, Enum):
                yield from ([*base, parameter.opts[0], choice.value] for choice in type(parameter.default))


def _given(parameter: Any, file: Path) -> Iterator[str]:
    if "--env" in parameter.opts:
        yield from ("--env", "test")
    elif parameter.param_type_name == "argument":
        yield "iris"
    elif parameter.required:
        yield from (parameter.opts[0], str(file))


def printed(folder: Path, chosen: Iterable[list[str]], capsys: pytest.CaptureFixture[str]) -> str:
    """What the chosen calls print."""
    found = []
    for call in chosen:
        sys.argv[1:] = ["--project", str(folder), *call]
        with pytest.raises(SystemExit):
            cli.main()
        found.append(f"{call}\n{''.join(capsys.readouterr())}")
    assert "Traceback" not in "".join(found)
    return "\n".join(found)


def holds(text: str) -> bool:
    """Whether the canary is in it, or in something that it holds in base64 or hexadecimal."""
    shifted = (b"a" * shift + CANARY.encode() for shift in range(3))
    encoded = (base64.b64encode(each[: len(each) // 3 * 3]).decode()[4:] for each in shifted)
    return any(form.lower() in text.lower() for form in (CANARY, CANARY.encode().hex(), *encoded))


@pytest.mark.parametrize("text", ["x{}y", '"{}"', "ssh %22{}%22"])
def test_it_would_be_found(text: str) -> None:
    assert holds(text.format(CANARY))
    assert holds(base64.b64encode(text.format(CANARY).encode()).decode())
    assert not holds(text)


def test_a_kubeconfigs_token_what_is_generated_and_what_the_environment_says(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    place.environment(str(place.kubeconfig), models={"iris": None, "wine": None}, addons={"mlflow": MLFLOW})
    shown = printed(place.folder, calls(place.folder), capsys)
    assert "kubectl" in shown
    assert not holds(shown)
    assert any(holds(path.read_text()) for path in place.folder.glob("given.*"))
    logs = dict(place.written())
    assert any("=== Ready" in text for text in logs.values())
    assert any("render" in name for name in logs)
    assert [name for name, text in logs.items() if holds(text)] == []


@pytest.mark.parametrize(
    ("kubeconfig", "models"),
    [
        ("contents", {}),
        ({"secure": f"v1:{CANARY}"}, {"iris": None}),
        ("", {"iris": {"replicas": {"secure": f"v1:{CANARY}"}, "models": URIS}}),
    ],
)
def test_a_secret_where_it_may_not_be(
    place: Place, capsys: pytest.CaptureFixture[str], kubeconfig: Any, models: Any
) -> None:
    chosen = place.kubeconfig.read_text() if kubeconfig == "contents" else kubeconfig or str(place.kubeconfig)
    place.environment(chosen, models=models)
    shown = printed(place.folder, {call[0]: call for call in calls(place.folder)}.values(), capsys)
    assert "error:" in shown
    assert not holds(shown)
    assert [name for name, text in place.written() if holds(text)] == []


def test_what_the_engine_keeps(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = {"existing": {"kubeconfig": place.kubeconfig.read_text()}}
    config = {"slipway:cluster": json.dumps(cluster), "slipway:models": json.dumps({"iris": None})}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(config))
    monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", json.dumps(["slipway:cluster"]))

    def program() -> None:
        target = settings.from_engine("test")
        Platform("test", target.environment, cluster=target.cluster.kind("test", target.cluster.spec))

    deployed = deploy(program)
    assert holds(json.dumps([each.inputs for each in deployed.resources]))
    assert not holds(json.dumps([_in_clear(each.inputs) for each in deployed.resources]))
    assert not holds(json.dumps([_in_clear(each) for each in deployed.outputs.values()]))


def _in_clear(value: Any) -> Any:
    """What of it the engine does not encrypt."""
    if isinstance(value, dict):
        return None if value.get(SIGNATURE) == SECRET else {key: _in_clear(inner) for key, inner in value.items()}
    return [_in_clear(inner) for inner in value] if isinstance(value, list) else value
