import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from sandbox import configuration, control_plane, network, paths
from sandbox.network import Ranges


@pytest.fixture
def etc(ranges: Ranges) -> Path:
    configuration.write()
    return configuration.folder()


def _json(path: Path) -> Any:
    return json.loads(path.read_text())


def test_kubelet_admits_only_who_is_known_and_stays_in_its_own_places(etc: Path, ranges: Ranges) -> None:
    kubelet = _json(etc / "kubelet.json")
    assert kubelet["authentication"]["anonymous"] == {"enabled": False}
    assert kubelet["authorization"] == {"mode": "Webhook"}
    assert Path(kubelet["authentication"]["x509"]["clientCAFile"]).exists()
    assert (kubelet["cgroupDriver"], kubelet["cgroupRoot"], kubelet["failCgroupV1"]) == ("cgroupfs", "/slipway", False)
    assert kubelet["containerRuntimeEndpoint"] == f"unix://{paths.sockets()}/containerd.sock"
    assert kubelet["clusterDNS"] == [str(ranges.dns)]
    assert Path(kubelet["resolvConf"]).read_text() == ""
    assert kubelet["imageGCHighThresholdPercent"] == 100
    for key in ("podLogsDir", "volumePluginDir", "tlsCertFile"):
        assert Path(kubelet[key]).is_relative_to(paths.sandbox())


def test_kube_proxy_leaves_the_machines_conntrack_alone(etc: Path, ranges: Ranges) -> None:
    proxy = _json(etc / "kube-proxy.json")
    assert proxy["conntrack"] == {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"}
    assert proxy["clusterCIDR"] == str(ranges.pods)
    assert proxy["metricsBindAddress"].startswith("127.0.0.1:")


def test_containerd_is_apart_from_any_other(etc: Path) -> None:
    document = tomllib.loads((etc / "containerd.toml").read_text())
    cri = document["plugins"]["io.containerd.grpc.v1.cri"]
    assert document["version"] == 2
    assert Path(document["root"]).is_relative_to(paths.sandbox())
    assert Path(document["state"]).is_relative_to(paths.sockets())
    assert document["grpc"]["address"] == f"{paths.sockets()}/containerd.sock"
    assert cri["restrict_oom_score_adj"] is True
    assert cri["containerd"]["runtimes"]["runc"]["options"] == {"SystemdCgroup": False}
    assert cri["cni"] == {"bin_dir": "/usr/lib/cni", "conf_dir": f"{etc}/cni"}


def test_pods_get_addresses_of_their_range_and_a_way_to_the_node(etc: Path, ranges: Ranges) -> None:
    listed = _json(etc / "cni/ptp.conflist")
    assert listed["cniVersion"] == "0.4.0"
    (plugin,) = listed["plugins"]
    assert (plugin["type"], plugin["ipMasq"]) == ("ptp", False)
    assert plugin["ipam"]["ranges"] == [[{"subnet": str(ranges.pods)}]]
    assert plugin["ipam"]["routes"] == [{"dst": "0.0.0.0/0"}]


def test_certificates_are_made_once_and_configuration_each_time(etc: Path) -> None:
    before = {path: path.read_bytes() for path in sorted(paths.sandbox().rglob("*")) if path.is_file()}
    (etc / "kubelet.json").write_text("{}")
    configuration.write()
    assert {path: path.read_bytes() for path in before} == before


def test_every_file_is_the_owners_alone(etc: Path) -> None:
    files = [path for path in paths.sandbox().rglob("*") if path.is_file()]
    assert len(files) > 20
    assert [path for path in files if path.stat().st_mode & 0o077] == []


def test_the_api_server_answers_to_every_name_that_pods_and_machine_use(etc: Path, ranges: Ranges) -> None:
    served = x509.load_pem_x509_certificate((etc / "apiserver.crt").read_bytes())
    names = served.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert set(names.get_values_for_type(x509.IPAddress)) == {ranges.node, ranges.services[1]}
    assert "kubernetes.default.svc.cluster.local" in names.get_values_for_type(x509.DNSName)


@pytest.mark.parametrize(
    ("file", "subject"),
    [
        ("etc/apiserver-kubelet.crt", "O=system:masters,CN=kube-apiserver-kubelet-client"),
        ("etc/kubelet.crt", "O=system:nodes,CN=system:node:slipway"),
        ("etc/front-proxy-client.crt", "CN=front-proxy-client"),
    ],
)
def test_who_each_certificate_is_for(etc: Path, file: str, subject: str) -> None:
    parsed = x509.load_pem_x509_certificate((etc.parent / file).read_bytes())
    assert ",".join(part.rfc4514_string() for part in parsed.subject.rdns) == subject


def test_every_file_that_a_daemon_is_given_is_there(etc: Path) -> None:
    words = [word.partition("=")[2] or word for daemon in control_plane.all_daemons() for word in daemon.command]
    named = [Path(word) for word in words if word.startswith(f"{etc}/")]
    assert len(named) > 20
    assert [path for path in named if not path.exists()] == []


def _flags(name: str) -> dict[str, str]:
    daemon = next(daemon for daemon in control_plane.all_daemons() if daemon.name == name)
    return dict(word.removeprefix("--").split("=", 1) for word in daemon.command[1:] if "=" in word)


def test_the_api_server_asks_everyone_who_they_are(ranges: Ranges) -> None:
    flags = _flags("kube-apiserver")
    assert flags["anonymous-auth"] == "false"
    assert flags["authorization-mode"] == "Node,RBAC"
    assert "NodeRestriction" in flags["enable-admission-plugins"].split(",")
    assert flags["requestheader-allowed-names"] == "front-proxy-client"
    assert flags["requestheader-client-ca-file"] != flags["client-ca-file"]
    assert flags["kubelet-certificate-authority"] == flags["client-ca-file"]
    assert flags["kubelet-preferred-address-types"] == "InternalIP"
    assert flags["service-cluster-ip-range"] == str(ranges.services)
    assert flags["advertise-address"] == str(ranges.node)
    assert not {"insecure-port", "token-auth-file", "kubelet-insecure-tls"} & flags.keys()


def test_the_store_and_the_controllers_listen_to_this_node_alone(ranges: Ranges) -> None:
    addresses = [value for flag, value in _flags("etcd").items() if flag.endswith("urls")]
    assert len(addresses) == 3
    assert all(value.startswith("http://127.0.0.1:") for value in addresses)
    assert _flags("kube-apiserver")["etcd-servers"] == _flags("etcd")["listen-client-urls"]
    assert _flags("kube-controller-manager")["bind-address"] == "127.0.0.1"
    assert _flags("kube-controller-manager")["use-service-account-credentials"] == "true"
    assert _flags("kube-scheduler")["bind-address"] == "127.0.0.1"


def test_daemons_start_from_the_store_up(ranges: Ranges) -> None:
    names = [daemon.name for daemon in control_plane.all_daemons()]
    assert names.index("containerd") < names.index("kubelet")
    assert names.index("etcd") < names.index("kube-apiserver") < names.index("kube-controller-manager")
    assert len(set(names)) == len(names) == 7
    assert _flags("kubelet")["node-ip"] == str(network.ranges().node)
