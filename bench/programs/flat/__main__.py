"""The workload without the library: one function after the other, Pulumi's typed classes, no component."""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pulumi
import pulumi_kubernetes as k8s
from pulumi_kubernetes.apps import v1 as apps
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.networking import v1 as networking

NAMESPACE = "models"
MANAGED = {"app.kubernetes.io/managed-by": "slipway"}
PORTS = {"http": 8080, "grpc": 8081, "metrics": 8082}

config = pulumi.Config("bench")
model_file = Path(config.require("artefact"))
provider = k8s.Provider("bench", kubeconfig=config.require("kubeconfig"), cluster_identifier="bench")
namespace = core.Namespace(
    NAMESPACE,
    metadata=meta.ObjectMetaArgs(
        name=NAMESPACE,
        labels={f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")} | MANAGED,
    ),
    opts=pulumi.ResourceOptions(provider=provider),
)
options = pulumi.ResourceOptions(provider=provider, depends_on=[namespace], deleted_with=namespace)


def serve(name: str) -> None:
    selector = {"app.kubernetes.io/name": name}
    labels = {**selector, "app.kubernetes.io/component": "model", **MANAGED, "slipway/owner": "bench"}

    def metadata(called: str = name) -> meta.ObjectMetaArgs:
        unawaited = {"pulumi.com/skipAwait": "true"}
        return meta.ObjectMetaArgs(name=called, namespace=NAMESPACE, labels=labels, annotations=unawaited)

    text, binary = files(name)
    digest = hashlib.sha256(json.dumps([text, binary], sort_keys=True).encode()).hexdigest()[:10]
    config_map = f"{name}-{digest}"
    core.ConfigMap(name, metadata=metadata(config_map), data=text, binary_data=binary, immutable=True, opts=options)
    core.ServiceAccount(name, metadata=metadata(), automount_service_account_token=False, opts=options)
    networking.NetworkPolicy(name, metadata=metadata(), spec=network_policy(selector), opts=options)
    apps.Deployment(name, metadata=metadata(), spec=deployment(name, selector, labels, config_map), opts=options)
    http = core.ServicePortArgs(name="http", port=80, target_port="http")
    others = [core.ServicePortArgs(name=port, port=PORTS[port], target_port=port) for port in ("grpc", "metrics")]
    service = core.ServiceSpecArgs(selector=selector, ports=[http, *others])
    core.Service(name, metadata=metadata(), spec=service, opts=options)


def files(name: str) -> tuple[dict[str, str], dict[str, str]]:
    settings = {
        "name": name,
        "implementation": "mlserver_sklearn.SKLearnModel",
        "parameters": {"uri": f"/mnt/models/{name}/{model_file.name}"},
    }
    text = {
        "settings.json": shown({"debug": False, "parallel_workers": 0}),
        f"{name}__model-settings.json": shown(settings),
    }
    return text, {f"{name}__{model_file.name}": base64.b64encode(model_file.read_bytes()).decode()}


def shown(settings: Mapping[str, object]) -> str:
    return json.dumps(settings, indent=2, sort_keys=True) + "\n"


def network_policy(selector: dict[str, str]) -> networking.NetworkPolicySpecArgs:
    anyone = networking.NetworkPolicyPeerArgs(namespace_selector=meta.LabelSelectorArgs())
    ports = [networking.NetworkPolicyPortArgs(protocol="TCP", port=name) for name in PORTS]
    return networking.NetworkPolicySpecArgs(
        pod_selector=meta.LabelSelectorArgs(match_labels=selector),
        policy_types=["Ingress", "Egress"],
        ingress=[networking.NetworkPolicyIngressRuleArgs(from_=[anyone], ports=ports)],
    )


def deployment(name: str, selector: dict[str, str], labels: dict[str, str], config_map: str) -> apps.DeploymentSpecArgs:
    scrape = {"prometheus.io/scrape": "true", "prometheus.io/path": "/metrics", "prometheus.io/port": "8082"}
    rolling = apps.RollingUpdateDeploymentArgs(max_surge=1, max_unavailable=0)
    return apps.DeploymentSpecArgs(
        replicas=1,
        min_ready_seconds=5,
        progress_deadline_seconds=360,
        selector=meta.LabelSelectorArgs(match_labels=selector),
        strategy=apps.DeploymentStrategyArgs(type="RollingUpdate", rolling_update=rolling),
        template=core.PodTemplateSpecArgs(
            metadata=meta.ObjectMetaArgs(labels=labels, annotations=scrape), spec=pod(name, config_map)
        ),
    )


def pod(name: str, config_map: str) -> core.PodSpecArgs:
    paths = sorted(("settings.json", f"{name}/model-settings.json", f"{name}/{model_file.name}"))
    items = [core.KeyToPathArgs(key=path.replace("/", "__"), path=path) for path in paths]
    models = core.ConfigMapVolumeSourceArgs(name=config_map, items=items)
    return core.PodSpecArgs(
        service_account_name=name,
        automount_service_account_token=False,
        enable_service_links=False,
        security_context=core.PodSecurityContextArgs(
            run_as_non_root=True,
            run_as_user=1000,
            run_as_group=1000,
            fs_group=1000,
            seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
        ),
        containers=[container(name)],
        volumes=[
            core.VolumeArgs(name="models", config_map=models),
            core.VolumeArgs(name="scratch", empty_dir=core.EmptyDirVolumeSourceArgs(size_limit="256Mi")),
        ],
    )


def container(name: str) -> core.ContainerArgs:
    ready = core.HTTPGetActionArgs(path=f"/v2/models/{name}/ready", port="http")
    alive = core.HTTPGetActionArgs(path="/v2/health/live", port="http")
    return core.ContainerArgs(
        name="server",
        image="docker.io/seldonio/mlserver:1.7.1-sklearn",
        command=["mlserver", "start", "/mnt/models"],
        env=[core.EnvVarArgs(name="HOME", value="/tmp")],
        ports=[core.ContainerPortArgs(name=port, container_port=number) for port, number in PORTS.items()],
        resources=core.ResourceRequirementsArgs(
            requests={"cpu": "250m", "memory": "512Mi"}, limits={"cpu": "2", "memory": "512Mi"}
        ),
        startup_probe=core.ProbeArgs(http_get=ready, period_seconds=2, failure_threshold=150),
        readiness_probe=core.ProbeArgs(http_get=ready, period_seconds=2),
        liveness_probe=core.ProbeArgs(http_get=alive, period_seconds=10, timeout_seconds=5),
        lifecycle=core.LifecycleArgs(
            pre_stop=core.LifecycleHandlerArgs(sleep=core.SleepActionArgs(seconds=5)),
        ),
        security_context=core.SecurityContextArgs(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=core.CapabilitiesArgs(drop=["ALL"]),
        ),
        volume_mounts=[
            core.VolumeMountArgs(name="models", mount_path="/mnt/models", read_only=True),
            core.VolumeMountArgs(name="scratch", mount_path="/tmp"),
        ],
    )


for number in range(config.require_int("models")):
    serve(f"model-{number:04}")
