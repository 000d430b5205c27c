"""Edits of the good environment: those that break one rule each, and those that break none."""

import json
from typing import Any

from .edits import REMOVE, Edit, Manifest


def _deployment(*path: str | int, value: Any = REMOVE) -> Edit:
    return Edit("Deployment/iris", path, value)


def _pod(*path: str | int, value: Any = REMOVE) -> Edit:
    return _deployment("spec", "template", "spec", *path, value=value)


def _server(*path: str | int, value: Any = REMOVE) -> Edit:
    return _pod("containers", 0, *path, value=value)


def _init(*path: str | int, value: Any = REMOVE) -> Edit:
    return _pod("initContainers", 0, *path, value=value)


def _job(*path: str | int, value: Any = REMOVE) -> Edit:
    return Edit("CronJob/retrain", ("spec", "jobTemplate", "spec", "template", "spec", *path), value)


def _service(*path: str | int, value: Any = REMOVE) -> Edit:
    return Edit("Service/iris", path, value)


def _data(key: str, value: str) -> Edit:
    return Edit("ConfigMap/iris", ("data", key), value)


def _env(name: str, value: str) -> Edit:
    return _server("env", 1, value={"name": name, "value": value})


def _args(*args: str) -> Edit:
    return _server("args", value=list(args))


def _added(api: str, kind: str, spec: Manifest) -> Edit:
    labels = {"app.kubernetes.io/name": "extra", "app.kubernetes.io/managed-by": "slipway", "slipway/owner": "science"}
    metadata = {"name": "extra", "namespace": "models", "labels": labels}
    return Edit(f"{kind}/extra", (), {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec})


def _spec(target: str, *path: str | int, value: Any = REMOVE) -> Edit:
    return Edit(target, ("spec", *path), value)


def _values(*path: str | int, value: Any = REMOVE) -> Edit:
    return _spec("Application/hub", "source", "helm", "valuesObject", *path, value=value)


def _models(uri: str) -> dict[str, str]:
    return {"slipway/models": json.dumps({"iris": {"uri": uri, "sha256": None}})}


def _claim(name: str) -> dict[str, Any]:
    return {"persistentVolumeClaim": {"claimName": name}}


def _triton(tag: str) -> Edit:
    path = ("predictor_servers", "TRITON_SERVER", "protocols", "v2", "defaultImageVersion")
    return _spec("Application/seldon", "source", "helm", "valuesObject", *path, value=tag)


def _webhook(service: str) -> Edit:
    edit = _added("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", {})
    called = {"name": "x.example.com", "clientConfig": {"service": {"name": service, "namespace": "models"}}}
    return edit._replace(value={**edit.value, "webhooks": [called]})


HEX = "3b1c2f0e8d7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c"
DIGEST = f"@sha256:{HEX}"
SELDON = "SeldonDeployment/wine"
BOUQUET = "InferenceGraph/bouquet"
SHADOW = ("predictors", 2)
GRAPH = ("predictors", 0, "graph")
IMAGE = ("spec", "containers", 0, "image")
STORE = ("predictor", "model", "storageUri")
ROUTE = ("http", 0, "route")
ACCOUNT = {"kind": "ServiceAccount"}
NOBODY = {"matchLabels": {"app.kubernetes.io/name": "nobody"}}
SMALL = {"memory": "1Mi"}
ELSEWHERE = Edit("NetworkPolicy/iris", ("metadata", "namespace"), "other")
MODE = "serving.kserve.io/deploymentMode"
ACKNOWLEDGED = {"annotations": {"policy.slipway/licence-acknowledged": "legal"}}
LEVEL = ("metadata", "labels", "pod-security.kubernetes.io/enforce")
STRATEGY = ("spec", "strategy", "rollingUpdate", "maxUnavailable")
KEY = "-----BEGIN PRIVATE" + " KEY-----\nMIIE"
TOKEN = "gh" + "p_" + "a1B2" * 9

BREAKS: list[tuple[str, tuple[Edit, ...]]] = [
    ("autoscaler-replicas", (_deployment("spec", "replicas", value=2),)),
    ("autoscaler-target", (Edit("HorizontalPodAutoscaler/iris", ("spec", "scaleTargetRef", "name"), "rose"),)),
    ("autoscaler-target", (Edit("HorizontalPodAutoscaler/iris", ("spec", "scaleTargetRef", "kind"), "StatefulSet"),)),
    ("container-memory-limit", (_server("resources", "limits", "memory"),)),
    ("container-memory-limit", (_init("resources", "limits", "memory"), _init("resources", "requests", value=SMALL))),
    ("container-requests", (_server("resources", "requests", "cpu"),)),
    ("container-requests", (_job("containers", 0, "resources", "requests"),)),
    ("disruption-budget", (Edit("PodDisruptionBudget/iris", (), REMOVE),)),
    ("gateway-tls", (_spec("Gateway/mesh-edge", "servers", 0, "tls"),)),
    ("gateway-tls", (_spec("Gateway/edge", "listeners", 1),)),
    ("image-digest", (_server("image", value="docker.io/seldonio/mlserver:1.7.1"),)),
    ("image-digest", (_job("containers", 0, "image", value="science/train:2.1"),)),
    ("image-digest", (_spec(SELDON, *SHADOW, "componentSpecs", 0, *IMAGE, value="docker.io/seldonio/mlserver:1.7.1"),)),
    ("image-pinned", (_server("image", value="docker.io/seldonio/mlserver:latest"),)),
    ("image-pinned", (_server("image", value="docker.io/seldonio/mlserver"),)),
    ("image-pinned", (_init("image", value="docker.io/science/fetch"),)),
    ("image-pinned", (_job("containers", 0, "image"),)),
    ("image-pinned", (_values("singleuser", "image", "tag", value="latest"),)),
    ("image-registry", (_server("image", value=f"registry.example.com:5000/mlserver{DIGEST}"),)),
    ("image-registry", (_server("image", value=f"docker.io.example.com/seldonio/mlserver{DIGEST}"),)),
    ("image-registry", (_values("singleuser", "image", "registry", value="localhost:5000"),)),
    ("ingress-exposure", (Edit("Ingress/iris", ("metadata", "annotations"), REMOVE),)),
    ("ingress-exposure", (Edit("Gateway/edge", ("metadata", "annotations"), REMOVE),)),
    ("ingress-exposure", (_values("ingress", "annotations"),)),
    ("ingress-tls", (_spec("Ingress/iris", "tls"),)),
    ("ingress-tls", (_spec("Ingress/iris", "tls", 0, "hosts", value=["rose.example.it"]),)),
    ("ingress-tls", (_values("ingress", "tls"),)),
    ("label-cost", (_deployment("spec", "template", "metadata", "labels", "slipway/cost-center"),)),
    ("label-cost", (Edit("PersistentVolumeClaim/iris", ("metadata", "labels", "slipway/cost-center"), REMOVE),)),
    ("label-owner", (_deployment("metadata", "labels", "slipway/owner"),)),
    ("label-owner", (_deployment("spec", "template", "metadata", "labels", "slipway/owner"),)),
    ("label-owner", (Edit("Secret/store", ("metadata", "labels", "slipway/owner"), ""),)),
    ("label-recommended", (_service("metadata", "labels", "app.kubernetes.io/name"),)),
    ("label-recommended", (Edit("Namespace/models", ("metadata", "labels", "app.kubernetes.io/managed-by"), REMOVE),)),
    ("licence-acknowledged", (Edit("Application/seldon", ("spec", "source", "targetRevision"), "1.18.2"),)),
    ("login-dummy", (_values("hub", "config"),)),
    ("login-dummy", (_values("hub", "config", "JupyterHub", "authenticator_class", value="dummyauthenticator.Dummy"),)),
    ("model-digest", (_spec(SELDON, *GRAPH, "modelUri", value="s3://models/wine"),)),
    ("model-digest", (Edit("InferenceService/rose", ("metadata", "annotations"), REMOVE),)),
    ("model-digest", (_init("env", 1, value={"name": "MODEL_URI", "value": "s3://models/iris"}),)),
    ("model-digest", (_deployment("spec", "template", "metadata", "annotations", value=_models("s3://models/iris")),)),
    ("model-source", (_spec(SELDON, *GRAPH, "modelUri", value=f"https://example.com/{HEX}"),)),
    ("model-source", (_spec("InferenceService/rose", *STORE, value=f"http://169.254.169.254/{HEX}"),)),
    ("model-source", (_deployment("metadata", "annotations", value=_models(f"hf://a/b@{HEX[:40]}")),)),
    ("namespace-pod-security", (Edit("Namespace/models", LEVEL, REMOVE),)),
    ("namespace-pod-security", (Edit("Namespace/models", LEVEL, "strict"),)),
    ("network-policy", (Edit("NetworkPolicy/iris", (), REMOVE),)),
    ("network-policy", (Edit("NetworkPolicy/iris", ("spec", "policyTypes"), ["Ingress"]),)),
    ("network-policy", (Edit("NetworkPolicy/iris", ("spec", "policyTypes"), REMOVE),)),
    ("network-policy", (Edit("NetworkPolicy/iris", ("spec", "podSelector"), {}), ELSEWHERE)),
    ("network-policy-open", (Edit("NetworkPolicy/iris", ("spec", "ingress"), [{}]),)),
    ("network-policy-open", (Edit("NetworkPolicy/iris", ("spec", "egress"), [{"to": []}]),)),
    ("pod-capabilities", (_server("securityContext", "capabilities"),)),
    ("pod-capabilities", (_server("securityContext", "capabilities", "add", value=["NET_BIND_SERVICE", "SYS_ADMIN"]),)),
    ("pod-host-namespaces", (_pod("hostNetwork", value=True),)),
    ("pod-host-namespaces", (_pod("hostPID", value=True),)),
    ("pod-host-namespaces", (_job("hostIPC", value=True),)),
    ("pod-host-paths", (_pod("volumes", 2, value={"name": "node", "hostPath": {"path": "/etc"}}),)),
    ("pod-host-ports", (_server("ports", 0, "hostPort", value=8080),)),
    ("pod-non-root", (_pod("securityContext", "runAsNonRoot"),)),
    ("pod-non-root", (_server("securityContext", "runAsNonRoot", value=False),)),
    ("pod-non-root", (_server("securityContext", "runAsUser", value=0),)),
    ("pod-privilege-escalation", (_server("securityContext", "allowPrivilegeEscalation"),)),
    ("pod-privilege-escalation", (_init("securityContext", "allowPrivilegeEscalation", value=True),)),
    ("pod-privileged", (_server("securityContext", "privileged", value=True),)),
    ("pod-privileged", (_pod("securityContext", "windowsOptions", value={"hostProcess": True}),)),
    ("pod-read-only-root", (_server("securityContext", "readOnlyRootFilesystem"),)),
    ("pod-seccomp", (_pod("securityContext", "seccompProfile"),)),
    ("pod-seccomp", (_server("securityContext", "seccompProfile", value={"type": "Unconfined"}),)),
    ("pod-volume-types", (_pod("volumes", 2, value={"name": "share", "nfs": {"server": "store", "path": "/"}}),)),
    ("pod-spread", (_pod("topologySpreadConstraints"),)),
    ("probe-liveness", (_server("livenessProbe"),)),
    ("probe-readiness", (_server("readinessProbe"),)),
    ("probe-startup", (_server("startupProbe"),)),
    ("rbac-cluster-admin", (Edit("RoleBinding/retrain", ("roleRef", "name"), "cluster-admin"),)),
    ("rbac-wildcard", (Edit("Role/retrain", ("rules", 0, "verbs"), ["*"]),)),
    ("rbac-wildcard", (Edit("Role/retrain", ("rules", 0, "apiGroups"), ["", "*"]),)),
    ("reference-config-map", (_pod("volumes", 0, "configMap", "name", value="rose"),)),
    ("reference-config-map", (_init("envFrom", 0, "configMapRef", "optional", value=False),)),
    ("reference-config-map", (_server("env", 1, value={"valueFrom": {"configMapKeyRef": {"name": "rose"}}}),)),
    ("reference-gateway", (_spec("HTTPRoute/iris", "parentRefs", 0, "name", value="mesh-edge"),)),
    ("reference-gateway", (_spec("VirtualService/iris", "gateways", value=["other/mesh-edge"]),)),
    ("reference-gateway", (Edit(SELDON, ("metadata", "annotations", "seldon.io/istio-gateway"), "edge"),)),
    ("reference-role", (Edit("Role/retrain", (), REMOVE),)),
    ("reference-role", (Edit("RoleBinding/retrain", ("subjects", 1), {**ACCOUNT, "name": "ghost"}),)),
    ("reference-secret", (Edit("Secret/store", (), REMOVE),)),
    ("reference-secret", (_spec("Ingress/iris", "tls", 0, "secretName", value="tls"),)),
    ("reference-secret", (_spec("Gateway/mesh-edge", "servers", 1, "tls", "credentialName", value="tls"),)),
    ("reference-secret", (_pod("imagePullSecrets", value=[{"name": "registry"}]),)),
    ("reference-secret", (_pod("volumes", 2, value={"name": "tls", "secret": {"secretName": "tls"}}),)),
    ("reference-service", (_spec("Ingress/iris", "defaultBackend", value={"service": {"name": "rosa"}}),)),
    ("reference-service", (_spec("HTTPRoute/iris", "rules", 0, "backendRefs", 1, "name", value="rosa"),)),
    ("reference-service", (_spec("VirtualService/iris", *ROUTE, 1, "destination", "host", value="iris.other.svc"),)),
    ("reference-service", (_webhook("rosa"),)),
    ("reference-service-account", (_pod("serviceAccountName", value="ghost"),)),
    ("reference-volume-claim", (_pod("volumes", 2, value={"name": "x", **_claim("rose")}),)),
    ("reference-volume-claim", (Edit("PersistentVolumeClaim/iris", (), REMOVE),)),
    ("rollout-deadline", (_deployment("spec", "progressDeadlineSeconds"),)),
    ("rollout-pre-stop", (_server("lifecycle"),)),
    ("rollout-surge", (_deployment(*STRATEGY),)),
    ("rollout-surge", (_deployment(*STRATEGY, value="25%"),)),
    ("secret-literal", (_env("DATABASE_PASSWORD", "correct-horse"),)),
    ("secret-literal", (_env("dbPassword", "correct-horse"),)),
    ("secret-literal", (_env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI"),)),
    ("secret-literal", (_env("STORE", "s3://user:correct-horse@store"),)),
    ("secret-literal", (_args("--password=correct-horse"),)),
    ("secret-literal", (_args("--api-key", "correct-horse"),)),
    ("secret-literal", (_args("--header", f"Authorization={TOKEN}"),)),
    ("secret-literal", (_data("password", "correct-horse"),)),
    ("secret-literal", (_data("tls.pem", KEY),)),
    ("secret-literal", (_deployment("metadata", "annotations", value={"example.com/api-token": "correct-horse"}),)),
    ("secret-literal", (_values("hub", "adminPassword", value="correct-horse"),)),
    ("secret-literal", (_values("hub", "extraArgs", value=[f"--token={TOKEN}"]),)),
    ("selector-matches", (_service("spec", "selector", value=NOBODY["matchLabels"]),)),
    ("selector-matches", (_added("policy/v1", "PodDisruptionBudget", {"maxUnavailable": 1, "selector": NOBODY}),)),
    ("selector-matches", (_added("networking.k8s.io/v1", "NetworkPolicy", {"podSelector": NOBODY}),)),
    ("service-account-token", (_pod("automountServiceAccountToken"),)),
    ("service-account-token", (Edit("RoleBinding/retrain", (), REMOVE),)),
    ("service-exposure", (_service("spec", "type", value="LoadBalancer"),)),
    ("service-exposure", (_service("spec", "type", value="NodePort"),)),
    ("service-exposure", (_service("spec", "externalIPs", value=["192.0.2.1"]),)),
    ("service-exposure", (_values("proxy"),)),
    ("service-exposure", (_values("hub", "service", value={"type": "NodePort"}),)),
    ("service-port", (_service("spec", "ports", 0, "targetPort", value="nowhere"),)),
    ("traffic-ignored", (_spec("InferenceService/rose", "predictor", "canaryTrafficPercent", value=10),)),
    ("traffic-predictors", (_spec(SELDON, "predictors", 1, "name", value="main"),)),
    ("traffic-predictors", (_spec(SELDON, "predictors", value=[{"name": "only", "shadow": True, "graph": {}}]),)),
    ("traffic-subset", (_spec("VirtualService/iris", *ROUTE, 0, "destination", "subset", value="v2"),)),
    ("traffic-subset", (Edit("DestinationRule/iris", (), REMOVE),)),
    ("traffic-subset", (_spec(BOUQUET, "nodes", "root", "steps", 0, "serviceName", value="rosa"),)),
    ("traffic-subset", (_spec(BOUQUET, "nodes", "root", "steps", 1, "nodeName", value="less"),)),
    ("traffic-sum", (_spec(SELDON, "predictors", 0, "traffic", value=90),)),
    ("traffic-sum", (_spec("VirtualService/iris", *ROUTE, 0, "weight", value=90),)),
    ("traffic-sum", (_spec("HTTPRoute/iris", "rules", 0, "backendRefs", 1, "weight"),)),
    ("traffic-sum", (_spec(BOUQUET, "nodes", "root", "steps", 1, "weight", value=50),)),
    ("version-floor", (_init("image", value=f"docker.io/mlflow/mlflow:v3.16.9{DIGEST}"),)),
    ("version-floor", (Edit("Application/hub", ("spec", "source", "targetRevision"), "4.4.0"),)),
    ("version-floor", (_triton("26.06-py3"),)),
]  # fmt: skip
"""Which rule, and it alone, speaks after which edits."""

ALLOWED: dict[str, tuple[Edit, ...]] = {
    "unchanged": (),
    "memory reserved by its limit": (_server("resources", "requests", "memory"),),
    "resources of the whole pod": (
        _server("resources"),
        _init("resources"),
        _pod("resources", value={"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}}),
    ),
    "token refused by the service account": (
        _pod("automountServiceAccountToken"),
        Edit("ServiceAccount/iris", ("automountServiceAccountToken",), False),
    ),
    "token asked for": (_pod("automountServiceAccountToken", value=True),),
    "devices are not surged": (
        _deployment(*STRATEGY, value=1),
        _server("resources", "limits", "nvidia.com/gpu", value="1"),
    ),
    "one replica needs no budget and no preStop": (
        Edit("HorizontalPodAutoscaler/iris", (), REMOVE),
        Edit("ScaledObject/batch", (), REMOVE),
        Edit("PodDisruptionBudget/iris", (), REMOVE),
        _server("lifecycle"),
    ),
    "exposed by somebody": (
        _service("spec", "type", value="LoadBalancer"),
        _service("metadata", "annotations", value={"policy.slipway/service-exposure": "platform"}),
    ),
    "excepted by the pod itself": (
        _server("securityContext", "readOnlyRootFilesystem"),
        _deployment(
            "spec", "template", "metadata", "annotations", value={"policy.slipway/pod-read-only-root": "cache"}
        ),
    ),
    "a door of a chart that somebody answers for": (
        _values("proxy", value={"service": {"annotations": {"policy.slipway/service-exposure": "platform"}}}),
    ),
    "an acknowledged licence": (
        _spec("Application/seldon", "source", "targetRevision", value="1.18.2"),
        _spec("Application/seldon", "source", "helm", "valuesObject", "crd", value=ACKNOWLEDGED),
    ),
    "an annotation that says where a secret is": (
        Edit("Ingress/iris", ("metadata", "annotations", "nginx.ingress.kubernetes.io/auth-secret"), "callers"),
    ),
    "a chart that is told where its secret is": (_values("hub", "passwordSecret", value="hub-login"),),
    "one certificate for whatever host": (_values("ingress", "tls", value=True), _values("ingress", "hosts")),
    "a canary that Knative heeds": (
        _spec("InferenceService/rose", "predictor", "canaryTrafficPercent", value=10),
        Edit("InferenceService/rose", ("metadata", "annotations", MODE), "Knative"),
    ),
    "what a chart may make": (
        _spec("Ingress/iris", "defaultBackend", value={"service": {"name": "rosa"}}),
        _spec("Application/hub", "destination", "namespace", value="models"),
    ),
    "what an operator makes": (_spec("VirtualService/iris", *ROUTE, 1, "destination", "host", value="wine-main"),),
    "a role that Kubernetes has": (
        Edit("RoleBinding/retrain", ("roleRef",), {"kind": "ClusterRole", "name": "system:auth-delegator"}),
    ),
    "an image whose tag is no version": (_triton("nightly"),),
    "one predictor has all": (_spec(SELDON, "predictors", value=[{"name": "only", "graph": {}}]),),
    "policy for all pods": (Edit("NetworkPolicy/iris", ("spec", "podSelector"), {}),),
    "Service without a selector": (_service("spec", "selector"),),
    "Service to a port by number": (_service("spec", "ports", 0, "targetPort", value=8080),),
    "default service account": (_pod("serviceAccountName"),),
    "a volume of no type is an emptyDir": (_pod("volumes", 2, value={"name": "scratch"}),),
    "pinned by tag and digest": (_server("image", value="registry/name:latest@sha256:" + "0" * 64),),
    "names that only speak of secrets": (
        _env("PASSWORD_FILE", "/run/password"),
        _args("--token", "/run/token", "--use-password=true", "--secret-name", "store"),
    ),
    "a secret by reference to a variable": (_args("--password", "$(STORE_PASSWORD)"),),
    "aggregated role": (Edit("Role/retrain", ("rules",), None),),
}
"""What a crude rule would refuse."""
