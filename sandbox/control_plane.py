"""Every daemon of the single node, in the order in which they start."""

from sandbox import configuration, network, paths
from sandbox.configuration import NODE
from sandbox.daemons import Daemon
from sandbox.toolchain import binary


def all_daemons() -> tuple[Daemon, ...]:
    """From the store up; stopping goes the other way."""
    return (containerd(), etcd(), api_server(), controller_manager(), scheduler(), kubelet(), kube_proxy())


def containerd() -> Daemon:
    return Daemon("containerd", ("containerd", "--config", f"{configuration.folder()}/containerd.toml"))


def etcd() -> Daemon:
    return _daemon(
        "etcd",
        f"--data-dir={paths.sandbox()}/etcd",
        "--listen-client-urls=http://127.0.0.1:2379",
        "--advertise-client-urls=http://127.0.0.1:2379",
        "--listen-peer-urls=http://127.0.0.1:2380",
        "--log-level=warn",
    )


def api_server() -> Daemon:
    etc, ranges = configuration.folder(), network.ranges()
    return _daemon(
        "kube-apiserver",
        f"--advertise-address={ranges.node}",
        "--allow-privileged=true",
        "--anonymous-auth=false",
        "--authorization-mode=Node,RBAC",
        f"--client-ca-file={etc}/ca.crt",
        "--enable-admission-plugins=NodeRestriction",
        "--enable-aggregator-routing=true",
        "--etcd-servers=http://127.0.0.1:2379",
        f"--kubelet-certificate-authority={etc}/ca.crt",
        f"--kubelet-client-certificate={etc}/apiserver-kubelet.crt",
        f"--kubelet-client-key={etc}/apiserver-kubelet.key",
        "--kubelet-preferred-address-types=InternalIP",
        f"--proxy-client-cert-file={etc}/front-proxy-client.crt",
        f"--proxy-client-key-file={etc}/front-proxy-client.key",
        "--requestheader-allowed-names=front-proxy-client",
        f"--requestheader-client-ca-file={etc}/front-proxy-ca.crt",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-username-headers=X-Remote-User",
        f"--service-account-issuer=https://kubernetes.default.svc.{configuration.DOMAIN}",
        f"--service-account-key-file={etc}/service-accounts.crt",
        f"--service-account-signing-key-file={etc}/service-accounts.key",
        f"--service-cluster-ip-range={ranges.services}",
        f"--tls-cert-file={etc}/apiserver.crt",
        f"--tls-private-key-file={etc}/apiserver.key",
    )


def controller_manager() -> Daemon:
    etc = configuration.folder()
    return _daemon(
        "kube-controller-manager",
        "--bind-address=127.0.0.1",
        f"--cluster-signing-cert-file={etc}/ca.crt",
        f"--cluster-signing-key-file={etc}/ca.key",
        "--horizontal-pod-autoscaler-sync-period=5s",
        f"--kubeconfig={etc}/kube-controller-manager.kubeconfig",
        "--leader-elect=false",
        f"--root-ca-file={etc}/ca.crt",
        f"--service-account-private-key-file={etc}/service-accounts.key",
        "--use-service-account-credentials=true",
    )


def scheduler() -> Daemon:
    kubeconfig = f"{configuration.folder()}/kube-scheduler.kubeconfig"
    return _daemon("kube-scheduler", "--bind-address=127.0.0.1", f"--kubeconfig={kubeconfig}", "--leader-elect=false")


def kubelet() -> Daemon:
    etc = configuration.folder()
    return _daemon(
        "kubelet",
        f"--config={etc}/kubelet.json",
        f"--containerd={paths.sockets()}/containerd.sock",  # cAdvisor asks it whose a container is
        f"--hostname-override={NODE}",
        f"--kubeconfig={etc}/kubelet.kubeconfig",
        f"--node-ip={network.ranges().node}",
        f"--root-dir={paths.sandbox()}/kubelet",
    )


def kube_proxy() -> Daemon:
    return _daemon("kube-proxy", f"--config={configuration.folder()}/kube-proxy.json")


def _daemon(name: str, *arguments: str) -> Daemon:
    return Daemon(name, (str(binary(name)), *arguments))
