"""A real Prometheus beside the sandbox's node, with the monitors and rules that the add-on `monitoring` renders."""

import json
import re
import shutil
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

import sandbox
from components.addons.monitoring import Monitoring
from components.context import Context, Traits
from components.unit import KubernetesObject
from sandbox import configuration, network, paths, toolchain

from .cluster import Cluster

PACKAGE = "prometheus"
META = "__meta_kubernetes"
PORT, STATE, STATE_OF_STATE = 19090, 19091, 19092
OBJECTS = Monitoring().unit(Context(traits=Traits(storage_class="standard"))).objects
"""What the add-on renders beside its chart."""


class Prometheus:
    """What it knows, by its API."""

    def __init__(self, address: str) -> None:
        self._api = f"http://{address}/api/v1"

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series that `expression` has now."""
        return list(self._get(f"query?{urllib.parse.urlencode({'query': expression})}")["result"])

    def firing(self) -> set[tuple[str, str]]:
        """Name and stack of each alert that fires."""
        labels = [each["labels"] for each in self._get("alerts")["alerts"] if each["state"] == "firing"]
        return {(each["alertname"], each.get("stack", "")) for each in labels}

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self._api}/{path}", timeout=5) as answer:
            return json.load(answer)["data"]


@contextmanager
def started(cluster: Cluster, folder: Path, wait: str | None) -> Iterator[Prometheus]:
    """Prometheus and kube-state-metrics until the block ends; alerts `wait` so long, or None: as long as they say."""
    node, program = network.ranges().node, _prometheus(folder)
    (folder / "rules.json").write_text(json.dumps(_rules(wait)))
    (folder / "pods.json").write_text(json.dumps([each for pod in cluster.list("pods") for each in _targets(pod)]))
    (folder / "config.json").write_text(json.dumps(_configuration(str(node))))
    with (folder / "build.log").open("w") as log:
        toolchain.build("kube-state-metrics").run(log)
    commands = (
        (
            toolchain.binary("kube-state-metrics"),
            f"--kubeconfig={sandbox.kubeconfig()}",
            *(f"--port={STATE}", f"--telemetry-port={STATE_OF_STATE}", f"--host={node}", f"--telemetry-host={node}"),
        ),
        (
            program,
            f"--config.file={folder / 'config.json'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address={node}:{PORT}",
        ),
    )
    with ExitStack() as stack:
        for command in commands:
            stack.enter_context(_running(folder / f"{Path(command[0]).name}.log", *map(str, command)))
        yield Prometheus(f"{node}:{PORT}")


@contextmanager
def _running(log: Path, *command: str) -> Iterator[None]:
    with log.open("w") as stream, subprocess.Popen(network.inside(*command), stdout=stream, stderr=stream) as process:
        try:
            yield
        finally:
            process.terminate()


def _prometheus(folder: Path) -> Path:
    """The program of Debian's package, which is unpacked, not installed, and kept; skips where it cannot be had."""
    kept = paths.cache() / "tools" / f"{PACKAGE}-debian"
    if not kept.exists():
        _unpacked(folder)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / "usr/bin/prometheus", kept)
    return kept


def _unpacked(folder: Path) -> None:
    try:
        subprocess.run(("apt-get", "download", PACKAGE), cwd=folder, check=True, capture_output=True)
        (package,) = folder.glob(f"{PACKAGE}_*.deb")
        subprocess.run(("dpkg-deb", "--extract", package, folder), check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"`apt-get download {PACKAGE}` gives no package of it on this machine")


def _rules(wait: str | None) -> dict[str, Any]:
    """The rules file, as Prometheus' operator writes it of a PrometheusRule."""
    (rules,) = (each for each in OBJECTS if each["kind"] == "PrometheusRule")
    groups = json.loads(json.dumps(rules["spec"]["groups"]))
    for rule in (rule for group in groups for rule in group["rules"] if wait and "for" in rule):
        rule["for"] = wait
    return {"groups": groups}


def _configuration(node: str) -> dict[str, Any]:
    """Every second: what our monitors find, and what the chart scrapes of kube-state-metrics and of kubelets."""
    etc = configuration.folder()
    client = {part: f"{etc}/apiserver-kubelet.{end}" for part, end in (("cert_file", "crt"), ("key_file", "key"))}
    tls = {"ca_file": f"{etc}/ca.crt", **client}
    kubelet = {"scheme": "https", "metrics_path": "/metrics/cadvisor", "tls_config": tls}
    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.json"],
        "scrape_configs": [
            *(job for each in OBJECTS if each["kind"] == "PodMonitor" for job in _scraped(each)),
            {"job_name": "kube-state-metrics", **_target(f"{node}:{STATE}")},
            {"job_name": "kubelet", **kubelet, **_target(f"{node}:10250")},
        ],
    }


def _targets(pod: KubernetesObject) -> Iterator[dict[str, Any]]:
    """Each port of a pod with the labels that Prometheus finds it with; Debian builds it without that discovery."""
    metadata = pod["metadata"]
    found = {f"{META}_namespace": metadata["namespace"], f"{META}_pod_name": metadata["name"]}
    for kind in ("label", "annotation"):
        for name, value in metadata.get(f"{kind}s", {}).items():
            found[f"{META}_pod_{kind}_{_word(name)}"] = value
            found[f"{META}_pod_{kind}present_{_word(name)}"] = "true"
    for container in pod["spec"]["containers"]:
        for port in container.get("ports", ()):
            names = {
                "container_name": container["name"],
                "container_port_name": port.get("name", ""),
                "container_port_number": str(port["containerPort"]),
            }
            own = {f"{META}_pod_{key}": value for key, value in names.items()}
            yield {"targets": [f"{pod['status'].get('podIP')}:{port['containerPort']}"], "labels": {**found, **own}}


def _target(address: str) -> dict[str, Any]:
    return {"honor_labels": True, "static_configs": [{"targets": [address]}]}


def _scraped(monitor: KubernetesObject) -> Iterator[dict[str, Any]]:
    """A PodMonitor's meaning, as Prometheus' operator spells it for Prometheus: a job for each of its endpoints."""
    for number, endpoint in enumerate(monitor["spec"]["podMetricsEndpoints"]):
        yield _job(f"{monitor['metadata']['name']}/{number}", monitor["spec"], endpoint)


def _job(name: str, spec: dict[str, Any], endpoint: dict[str, Any]) -> dict[str, Any]:
    meta = f"{META}_pod"
    labels = spec["selector"].get("matchLabels", {})
    chosen = [_kept(f"{meta}_label_{_word(name)}", value) for name, value in labels.items()]
    for each in spec["selector"].get("matchExpressions", ()):
        present = {"Exists": "true", "DoesNotExist": ""}[each["operator"]]
        chosen.append(_kept(f"{meta}_labelpresent_{_word(each['key'])}", present))
    own = [{_snake(key): value for key, value in each.items()} for each in endpoint.get("relabelings", ())]
    places = spec["namespaceSelector"].get("matchNames")
    return {
        "job_name": name,
        "metrics_path": endpoint.get("path", "/metrics"),
        "file_sd_configs": [{"files": ["pods.json"]}],
        "relabel_configs": [
            *([_kept(f"{META}_namespace", *places)] if places else []),
            *chosen,
            _kept(f"{meta}_container_port_name", endpoint["port"]),
            _copied(f"{META}_namespace", "namespace"),
            _copied(f"{META}_pod_name", "pod"),
            _copied(f"{META}_pod_container_name", "container"),
            *own,
        ],
    }


def _kept(source: str, *values: str) -> dict[str, Any]:
    return {"action": "keep", "source_labels": [source], "regex": "|".join(map(re.escape, values))}


def _copied(source: str, target: str) -> dict[str, Any]:
    return {"source_labels": [source], "target_label": target}


def _word(name: str) -> str:
    return re.sub("[^a-zA-Z0-9_]", "_", name)


def _snake(name: str) -> str:
    return re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", name)
