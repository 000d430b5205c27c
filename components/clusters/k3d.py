"""k3d: k3s in Docker, on this machine."""

import re
from collections import Counter
from typing import Any, ClassVar, Self

import pulumi
import yaml
from pulumi_command import local
from pydantic import Field, field_validator, model_validator

from components.cloud import supported
from components.cluster import Cluster, ClusterSpec
from components.context import Traits
from components.values import Bytes, PinnedImage, Whole

CREATE = """
set -eu
if k3d cluster get "$NAME" >/dev/null 2>&1; then
  if [ -z "$(docker ps --all --quiet --filter "label=k3d.cluster=$NAME" --filter label=slipway)" ]; then
    echo "k3d cluster '$NAME' exists and Slipway did not make it. Delete it, or choose another environment name" >&2
    exit 1
  fi
  k3d cluster start "$NAME" --wait >&2
else
  config=$(mktemp) && trap 'rm -f "$config"' EXIT && cat >"$config"
  k3d cluster create --config "$config" >&2
fi
k3d kubeconfig get "$NAME"
"""
"""Safe to repeat: an interrupted run's own cluster is taken up, one made by hand is refused."""

DELETE = """
set -eu
ours=$(docker ps --all --quiet --filter "label=k3d.cluster=$NAME" --filter label=slipway)
if [ -n "$ours" ]; then
  k3d cluster delete "$NAME"
else
  echo "k3d cluster '$NAME' is gone, or Slipway did not make it: nothing is deleted" >&2
fi
"""
"""Ends well where it has been deleted by hand, and leaves one alone that somebody has made since."""

_VERSION = re.compile(r":v(\d+\.\d+)\.\d+")


class K3d(Cluster):
    """A cluster for one laptop. Needs Docker and k3d; destroying it removes its containers and volumes."""

    class Spec(ClusterSpec):
        """Ports are of this machine: `api_port` for kubectl, `http_port` and `https_port` for the ingress gateway."""

        programs: ClassVar[tuple[str, ...]] = ("docker", "k3d")
        here: ClassVar[bool] = True
        name_limit: ClassVar[int] = 32

        servers: Whole = Field(default=1, ge=1, le=7)
        agents: Whole = Field(default=0, ge=0, le=20)
        server_memory: Bytes = "8G"
        image: PinnedImage = "docker.io/rancher/k3s:v1.35.5-k3s1"
        api_port: Whole = Field(default=6443, ge=1, le=65535)
        http_port: Whole = Field(default=8080, ge=1, le=65535)
        https_port: Whole = Field(default=8443, ge=1, le=65535)
        mirrors: dict[str, tuple[str, ...]] = {}
        """A registry's host to the addresses that are asked instead."""
        traits: Traits = Traits(
            storage_class="local-path",
            image_volumes=True,
            metrics_api=True,
            node_pools={},
            node_network="172.25.0.0/16",
            node_ports={80: 30080, 443: 30443},
            cni_layout="k3d",
        )

        @field_validator("image")
        @classmethod
        def _within_the_window(cls, image: str) -> str:
            if not (found := _VERSION.search(image)):
                raise ValueError("does not say its Kubernetes version. Use a tag such as v1.35.5-k3s1")
            supported(found[1])
            return image

        @field_validator("servers")
        @classmethod
        def _quorum(cls, servers: int) -> int:
            if servers % 2 == 0:
                raise ValueError("servers keep a quorum only in odd numbers. Use one more or one fewer")
            return servers

        @model_validator(mode="after")
        def _ports_differ(self) -> Self:
            for port, times in Counter(self.ports()).items():
                if times > 1:
                    raise ValueError(f"port {port} is given {times} times. Give each purpose a port of its own")
            return self

        def ports(self) -> tuple[int, ...]:
            return (self.api_port, self.http_port, self.https_port)

        def config(self, name: str) -> dict[str, Any]:
            """The k3d config file; Traefik and servicelb give way to Istio and MetalLB."""
            disabled = [{"arg": f"--disable={part}", "nodeFilters": ["server:*"]} for part in ("traefik", "servicelb")]
            ports, network = self.traits.node_ports, self.traits.node_network
            published = ((self.http_port, ports.get(80, 80)), (self.https_port, ports.get(443, 443)))
            return {
                "apiVersion": "k3d.io/v1alpha5",
                "kind": "Simple",
                "metadata": {"name": name},
                "servers": self.servers,
                "agents": self.agents,
                "image": self.image,
                **({"subnet": network} if network else {}),
                "kubeAPI": {"hostPort": str(self.api_port)},
                "ports": [{"port": f"{here}:{there}", "nodeFilters": ["loadbalancer"]} for here, there in published],
                "registries": {"config": yaml.safe_dump({"mirrors": self._endpoints()})} if self.mirrors else {},
                "options": {
                    "k3d": {"wait": True, "timeout": "5m"},
                    "k3s": {"extraArgs": disabled},
                    "kubeconfig": {"updateDefaultKubeconfig": False, "switchCurrentContext": False},
                    "runtime": {
                        "serversMemory": self.server_memory,
                        "labels": [{"label": f"slipway={name}", "nodeFilters": ["all"]}],
                    },
                },
            }

        def _endpoints(self) -> dict[str, Any]:
            return {host: {"endpoint": list(endpoints)} for host, endpoints in self.mirrors.items()}

    def provision(self, spec: Spec) -> pulumi.Input[str]:
        name = spec.cluster_name(self.name)
        cluster = local.Command(
            self.name,
            create=CREATE,
            delete=DELETE,
            environment={"NAME": name},
            stdin=yaml.safe_dump(spec.config(name), sort_keys=False),
            logging=local.Logging.NONE,
            opts=self.child(
                additional_secret_outputs=["stdout"], replace_on_changes=["stdin"], delete_before_replace=True
            ),
        )
        return cluster.stdout
