"""A one-machine Kubernetes from published packages: for trying things, and for end-to-end tests."""

from sandbox.cluster import down, kubectl, status, up
from sandbox.paths import kubeconfig
from sandbox.step import SandboxError, Step

__all__ = ["SandboxError", "Step", "down", "kubeconfig", "kubectl", "status", "up"]
