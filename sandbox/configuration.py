"""The files that a single-node Kubernetes is started with."""

import json
from pathlib import Path
from typing import Any

from sandbox import certificates, network, paths

NODE = "slipway"
CGROUP = "slipway"
DOMAIN = "cluster.local"


def folder() -> Path:
    """Where `write` puts them."""
    return paths.sandbox() / "etc"


def api_server() -> str:
    """The API server's URL, from this machine and from the node."""
    return f"https://{network.ranges().node}:6443"


def write() -> None:
    """Write every file; keys and certificates only once, for what runs was started with them."""
    if not paths.kubeconfig().exists():
        _certificates()
    paths.write(folder() / "resolv.conf", "")
    paths.write(folder() / "containerd.toml", _containerd())
    for name, document in {
        "cni/ptp.conflist": _cni(),
        "kubelet.json": _kubelet(),
        "kube-proxy.json": _kube_proxy(),
    }.items():
        paths.write(folder() / name, json.dumps(document, indent=2))


def _certificates() -> None:
    ranges, etc = network.ranges(), folder()
    ca, front_proxy = certificates.authority("slipway-ca"), certificates.authority("slipway-front-proxy-ca")
    names = (
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        f"kubernetes.default.svc.{DOMAIN}",
        "localhost",
    )
    pairs = {
        "ca": ca,
        "front-proxy-ca": front_proxy,
        "front-proxy-client": certificates.issue(front_proxy, "front-proxy-client"),
        "service-accounts": certificates.signing_key(),
        "apiserver": certificates.issue(ca, "kube-apiserver", hosts=(*names, ranges.node, ranges.services[1])),
        "apiserver-kubelet": certificates.issue(ca, "kube-apiserver-kubelet-client", ("system:masters",)),
        "kubelet": certificates.issue(ca, f"system:node:{NODE}", ("system:nodes",), (NODE, ranges.node)),
    }
    for name, pair in pairs.items():
        pair.write(etc, name)
    users = {"kube-controller-manager": (), "kube-scheduler": (), "kube-proxy": ()}
    for user, groups in users.items():
        client = certificates.issue(ca, f"system:{user}", groups)
        certificates.kubeconfig(etc / f"{user}.kubeconfig", api_server(), ca, client)
    certificates.kubeconfig(etc / "kubelet.kubeconfig", api_server(), ca, pairs["kubelet"])
    admin = certificates.issue(ca, "slipway-admin", ("system:masters",))
    certificates.kubeconfig(paths.kubeconfig(), api_server(), ca, admin)


def _containerd() -> str:
    """Debian's containerd 1.6, apart from any other. Without the right to lower a score (as in many virtual machines)
    pods never start unless restrict_oom_score_adj is set."""
    home, sockets = paths.sandbox() / "containerd", paths.sockets()
    return f"""version = 2
root = "{home}/root"
state = "{sockets}/containerd"
oom_score = 0
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs"]

[grpc]
address = "{sockets}/containerd.sock"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "registry.k8s.io/pause:3.10"
restrict_oom_score_adj = true
disable_apparmor = true
netns_mounts_under_state_dir = true

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "{folder()}/cni"

[plugins."io.containerd.internal.v1.opt"]
path = "{home}/opt"
"""


def _cni() -> dict[str, Any]:
    pods = [[{"subnet": str(network.ranges().pods)}]]
    ipam = {"type": "host-local", "ranges": pods, "dataDir": f"{paths.sandbox()}/cni", "routes": [{"dst": "0.0.0.0/0"}]}
    ptp = {"type": "ptp", "ipMasq": False, "ipam": ipam}
    return {"cniVersion": "0.4.0", "name": "slipway-sandbox", "plugins": [ptp]}


def _kubelet() -> dict[str, Any]:
    etc, state = folder(), paths.sandbox()
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{etc}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{CGROUP}",
        "failCgroupV1": False,
        "clusterDNS": [str(network.ranges().dns)],
        "clusterDomain": DOMAIN,
        "containerRuntimeEndpoint": f"unix://{paths.sockets()}/containerd.sock",
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "500Mi", "imagefs.available": "500Mi"},
        "failSwapOn": False,
        # Images are loaded, not pulled: what is collected would be gone for good.
        "imageGCHighThresholdPercent": 100,
        "maxPods": 200,
        "oomScoreAdj": 0,
        "podLogsDir": f"{state}/pods",
        "resolvConf": f"{etc}/resolv.conf",
        "tlsCertFile": f"{etc}/kubelet.crt",
        "tlsPrivateKeyFile": f"{etc}/kubelet.key",
        "volumePluginDir": f"{state}/volume-plugins",
    }


def _kube_proxy() -> dict[str, Any]:
    untouched = {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"}
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": f"{folder()}/kube-proxy.kubeconfig"},
        "clusterCIDR": str(network.ranges().pods),
        "conntrack": untouched,
        "healthzBindAddress": "127.0.0.1:10256",
        "hostnameOverride": NODE,
        "metricsBindAddress": "127.0.0.1:10249",
        "mode": "iptables",
    }
