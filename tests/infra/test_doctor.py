"""What the doctor says of a machine: programs on PATH, ports and a kubeconfig stand in for it."""

import socket
import sys
from pathlib import Path

import pytest

import sandbox
from components import extras
from components.cluster import Cluster, ClusterSpec
from components.clusters.eks import Eks
from components.clusters.existing import Existing
from components.clusters.k3d import K3d
from components.environment import Environment
from infra import doctor
from infra.doctor import Check
from infra.settings import ClusterKind, Target
from sandbox import packages, paths, preflight, toolchain

KUBECONFIG = """
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
users: [{name: u, user: {}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
"""


@pytest.fixture(autouse=True)
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user and a PATH with nothing in them."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    return folder


def put(folder: Path, name: str, script: str = "exit 0") -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def found(spec: ClusterSpec, name: str = "dev", kind: type[Cluster] = Existing) -> dict[str, Check]:
    kind = K3d if isinstance(spec, K3d.Spec) else kind
    target = Target(name, ClusterKind(kind, spec), Environment())
    return {check.name: check for check in doctor.checks(target, name)}


def k3d(port: int | None = None) -> K3d.Spec:
    return K3d.Spec(api_port=port or free_port(), http_port=free_port(), https_port=free_port())


def test_without_a_target_only_python_is_judged() -> None:
    assert [(check.name, check.ok) for check in doctor.checks(None, "dev")] == [("Python", True)]


def test_an_old_python_is_refused_with_the_command_that_installs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (99, 0))
    (check,) = doctor.checks(None, "dev")
    assert check.ok is False
    assert check.cure.startswith("sudo apt-get install python3")


def test_a_machine_with_nothing_lacks_docker_and_downloads_the_rest() -> None:
    checks = found(k3d())
    assert checks["docker"].ok is False
    assert checks["docker"].cure.startswith("sudo apt-get install docker.io")
    assert checks["k3d"].ok is None
    assert checks["pulumi"].ok is None
    assert "will be downloaded" in checks["pulumi"].fact


def test_where_no_release_is_pinned_the_cure_is_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "vax")
    checks = found(k3d())
    assert (checks["k3d"].ok, checks["pulumi"].ok) == (False, False)
    assert checks["pulumi"].cure == doctor.CURES["pulumi"]


def test_a_docker_that_does_not_answer_is_not_enough(programs: Path) -> None:
    put(programs, "docker", "exit 1")
    assert found(k3d())["docker"].ok is False
    assert "does not answer" in found(k3d())["docker"].fact
    put(programs, "docker")
    assert found(k3d())["docker"].ok is True


def test_a_machine_that_has_everything_is_well(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "DISK_GIB", 0)
    monkeypatch.setattr(doctor, "MEMORY_GIB", 0)
    for name in ("docker", "k3d", "pulumi", "pulumi-language-python"):
        put(programs, name)
    assert [check for check in found(k3d()).values() if not check.ok] == []


def test_pulumi_without_its_python_host_is_not_enough(programs: Path) -> None:
    put(programs, "pulumi")
    assert found(k3d())["pulumi"].ok is False
    assert "pulumi-language-python" in found(k3d())["pulumi"].fact


@pytest.mark.parametrize("lack", ["Disk", "Memory"])
def test_too_little_room_is_said_with_figures(lack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, f"{lack.upper()}_GIB", 10**6)
    check = found(k3d())[lack]
    assert check.ok is False
    assert "1000000 are needed" in check.fact
    assert check.cure


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("", 0)) as server:
        port = server.getsockname()[1]
        check = found(k3d(port))[f"Port {port}"]
    assert check.ok is False
    assert "in use" in check.fact
    assert f":{port}" in check.cure
    assert found(k3d(port))[f"Port {port}"].ok is True


def test_what_an_environment_took_itself_is_not_held_against_it() -> None:
    (paths.state() / "pulumi" / "dev").mkdir(parents=True)
    assert found(k3d()).keys() == {"Python", "docker", "k3d", "pulumi"}


def test_an_existing_cluster_needs_neither_docker_nor_ports(programs: Path, tmp_path: Path) -> None:
    put(programs, "kubectl")
    checks = found(Existing.Spec(kubeconfig=str(tmp_path / "none")), "prod")
    assert checks.keys() == {"Python", "kubectl", "Kubeconfig"}
    assert checks["kubectl"].ok is True
    assert checks["Kubeconfig"].ok is False
    assert "Pulumi.prod.yaml" in checks["Kubeconfig"].cure


def test_an_existing_cluster_needs_pulumi_or_kubectl(tmp_path: Path) -> None:
    check = found(Existing.Spec(kubeconfig=str(tmp_path / "none")))["pulumi or kubectl"]
    assert (check.ok, check.fact) == (False, "neither is on PATH")


def test_a_cluster_that_does_not_answer_is_named(tmp_path: Path) -> None:
    port, kubeconfig = free_port(), tmp_path / "kubeconfig"
    kubeconfig.write_text(KUBECONFIG % port)
    check = found(Existing.Spec(kubeconfig=str(kubeconfig)))["Cluster"]
    assert check.ok is False
    assert f"127.0.0.1:{port}" in check.fact
    assert check.cure


def test_a_file_that_is_no_kubeconfig_is_named(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text("nothing: of the kind\n")
    check = found(Existing.Spec(kubeconfig=str(kubeconfig)))["Cluster"]
    assert check.ok is False
    assert str(kubeconfig) in check.fact
    assert check.cure


def test_the_sandbox_needs_what_its_preflight_says(monkeypatch: pytest.MonkeyPatch) -> None:
    obstacles = ["rights: network namespaces need root. Run it with sudo", "disk: 1 GiB free. Free some"]
    monkeypatch.setattr(preflight, "obstacles", lambda: iter(obstacles))
    checks = found(Existing.Spec(kubeconfig=str(sandbox.kubeconfig())), "sandbox")
    assert checks["Rights"] == Check("Rights", False, "network namespaces need root", "Run it with sudo")
    assert checks["Disk"] == Check("Disk", False, "1 GiB free", "Free some")
    assert "This machine" not in checks


def test_the_sandbox_on_a_fresh_machine_says_what_it_will_make(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "obstacles", lambda: iter(()))
    checks = found(Existing.Spec(kubeconfig=str(sandbox.kubeconfig())), "sandbox")
    assert checks["This machine"].ok is True
    assert checks["Debian packages"].ok is None
    assert all(package in checks["Debian packages"].fact for package in packages.missing())
    assert checks["Kubernetes"].ok is None
    assert all(name in checks["Kubernetes"].fact for name in toolchain.NODE_PROGRAMS)
    assert checks["Kubeconfig"].ok is None
    assert "pulumi" not in checks


def test_pulumi_with_its_plugin_does_for_an_existing_cluster(programs: Path, tmp_path: Path) -> None:
    put(programs, "pulumi", """echo '[{"name": "kubernetes"}]'""")
    put(programs, "pulumi-language-python")
    checks = found(Existing.Spec(kubeconfig=str(tmp_path / "none")))
    assert checks["pulumi"].ok is True


EKS = Eks.Spec.model_validate({"region": "eu-west-1", "admins": ["arn:aws:iam::123456789012:role/platform"]})


@pytest.mark.parametrize(("script", "ok", "fact"), [("exit 0", True, "ends with 0"), ("exit 255", False, "with 255")])
def test_a_cloud_is_asked_who_is_signed_in_and_what_it_says_stays_there(
    programs: Path, script: str, ok: bool, fact: str
) -> None:
    put(programs, "aws", f"test \"$*\" = 'sts get-caller-identity' || exit 9\necho a-token; {script}")
    checks = found(EKS, "eks", Eks)
    assert (checks["Credentials"].ok, checks["Credentials"].cure) == (ok, "aws configure sso")
    assert fact in checks["Credentials"].fact
    assert "a-token" not in str(checks)


def test_a_cloud_that_does_not_answer_is_not_waited_for(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SECONDS", 0.2)
    put(programs, "aws", "exec /bin/sleep 60")
    assert found(EKS, "eks", Eks)["Credentials"].ok is False


def test_a_cluster_elsewhere_takes_no_room_of_this_machine_but_its_extra_and_its_quotas_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    checks = found(EKS, "eks", Eks)
    assert not {"Disk", "Memory", "Credentials"} & checks.keys()
    assert checks["aws"].cure == "sudo apt-get install awscli"
    assert checks["Python packages"].cure == f"{sys.executable} -m pip install 'slipway[aws]'"
    assert checks["Beforehand"].ok is None
