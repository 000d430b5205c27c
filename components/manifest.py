"""A plain Kubernetes object as a Pulumi resource of its proper type."""

import pulumi

from components.unit import KubernetesObject


class Manifest(pulumi.CustomResource):
    """What `kubectl get -o yaml` shows, owned by the engine: diffs and waits are those of the typed classes."""

    def __init__(self, name: str, manifest: KubernetesObject, opts: pulumi.ResourceOptions) -> None:
        group = manifest["apiVersion"] if "/" in manifest["apiVersion"] else f"core/{manifest['apiVersion']}"
        super().__init__(f"kubernetes:{group}:{manifest['kind']}", name, dict(manifest), opts)
