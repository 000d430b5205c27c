import json
import sys
from pathlib import Path

import pytest

from infra import cli, mirrored, settings

ADDONS: dict[str, dict[str, str]] = {"metrics_server": {}, "cert_manager": {}}
CHOSEN = {"cluster": {"existing": {"kubeconfig": "~/x"}}, "addons": ADDONS}
IMAGE = "registry.k8s.io/metrics-server/metrics-server:v0.9.0"
FILE = "config:\n  slipway:cluster: {existing: {kubeconfig: ~/x}}\n  slipway:addons: {metrics_server: }\n"


def test_without_a_mirror_images_are_as_they_are_published() -> None:
    found = mirrored.images(settings.target("lab", CHOSEN))
    assert found[IMAGE] is None
    assert any(image.startswith("quay.io/jetstack/cert-manager-controller:") for image in found)


def test_with_a_mirror_each_is_named_twice() -> None:
    found = mirrored.images(settings.target("lab", {**CHOSEN, "mirror": {"images": "registry.example.com/m"}}))
    assert found == {image: f"registry.example.com/m/{image}" for image in found}
    assert IMAGE in found


def test_a_mirror_of_charts_alone_moves_no_image() -> None:
    chosen = {**CHOSEN, "mirror": {"charts": "oci://registry.example.com/charts"}}
    assert set(mirrored.images(settings.target("lab", chosen)).values()) == {None}


@pytest.mark.parametrize(
    ("mirror", "option", "printed"),
    [
        ("", [], IMAGE),
        ("  slipway:mirror: {images: a.io/m}\n", [], f"{IMAGE} a.io/m/{IMAGE}"),
        ("", ["--json"], [{"image": IMAGE, "mirror": None}]),
    ],
)
def test_they_are_printed_a_line_each_or_as_json(
    mirror: str,
    option: list[str],
    printed: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "Pulumi.lab.yaml").write_text(FILE + mirror)
    monkeypatch.setattr(sys, "argv", ["slipway", "--project", str(tmp_path), "images", "--env", "lab", *option])
    with pytest.raises(SystemExit) as left:
        cli.main()
    text = capsys.readouterr().out
    assert not left.value.code
    assert (json.loads(text) if option else text.strip()) == printed
