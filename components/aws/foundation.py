"""An EKS cluster, part by part, in the order in which the parts need each other."""

from collections.abc import Sequence

import pulumi

from components.aws import account, add_ons, autoscaler, network, nodes, policies, storage
from components.aws.add_ons import AddOn
from components.aws.control_plane import ControlPlane
from components.aws.iam import PodIdentity
from components.clusters.eks import AddOnName, Eks
from components.component import Component
from components.location.store import Grant
from components.unit import KubernetesObject


class Foundation(Component):
    """Everything of a cluster that stands in AWS. Attributes: `kubeconfig`; `ready`, what pods need before they run."""

    def __init__(self, name: str, spec: Eks.Spec, opts: pulumi.ResourceOptions) -> None:
        super().__init__(name, opts)
        self._cluster_name = spec.cluster_name(name)
        self._tags = spec.all_tags(name)
        self._aws = account.provider(name, spec.region, self._tags, self.child())
        account.refuse_strangers(spec.admins, self._aws)
        self._place = network.place(name, spec.network, spec.region, spec.log_retention_days, self._on_aws())
        self._control_plane = ControlPlane(name, spec, list(self._place.subnets.values()), self._on_aws())
        networking = self._add_ons(spec, add_ons.NETWORKING, [self._control_plane])
        machines = self._node_groups(spec, [*self._place.ready, *networking])
        workloads = self._add_ons(spec, add_ons.WORKLOADS, machines)
        files = self._shared_files()
        self._files = files.id
        scaling = self._pod_identity(autoscaler.NAMESPACE, autoscaler.NAME, policies.scales(self._cluster_name))
        self.ready = [self._control_plane, *networking, *machines, *workloads, files, scaling]
        self.kubeconfig = self._control_plane.kubeconfig(spec.region)
        self.register_outputs({})

    def _on_aws(self) -> pulumi.ResourceOptions:
        return self.child(providers=[self._aws])

    def _add_ons(self, spec: Eks.Spec, names: Sequence[AddOnName], after: Sequence[pulumi.Resource]) -> list[AddOn]:
        return [
            AddOn(
                f"{self.name}-{each}",
                each,
                cluster=self._cluster_name,
                kubernetes=spec.version,
                version=spec.add_on_versions.get(each),
                after=after,
                opts=self._on_aws(),
            )
            for each in names
        ]

    def _node_groups(self, spec: Eks.Spec, after: Sequence[pulumi.Resource]) -> list[nodes.NodeGroup]:
        role = nodes.role(self.name, self._on_aws())
        return [
            nodes.NodeGroup(
                f"{self.name}-{pool.name}",
                pool,
                cluster=self._control_plane.cluster,
                role=role.arn,
                subnets=list(self._place.subnets.values()),
                tags=self._tags,
                after=[*after, role],
                opts=self._on_aws(),
            )
            for pool in spec.node_pools
        ]

    def _shared_files(self) -> storage.SharedFiles:
        clients = self._control_plane.cluster.vpc_config.cluster_security_group_id
        return storage.SharedFiles(
            self.name,
            vpc=self._place.vpc,
            subnets=self._place.subnets,
            clients=clients.apply(str),
            opts=self._on_aws(),
        )

    def _pod_identity(self, namespace: str, account: str, allowed: policies.Document) -> PodIdentity:
        name = f"{self.name}-{namespace}-{account}"
        return PodIdentity(
            name, self._cluster_name, namespace, account, allowed, after=self._control_plane, opts=self._on_aws()
        )

    def reader(self, namespace: str, grant: Grant) -> PodIdentity:
        """Lets the pods of a service account read its stores."""
        return self._pod_identity(namespace, grant.account, policies.reads(grant.stores))

    def manifests(self, spec: Eks.Spec) -> list[KubernetesObject]:
        """What every EKS cluster has on it."""
        stable = [pool.name for pool in spec.node_pools if pool.system]
        scaling = autoscaler.manifests(self._cluster_name, spec.region, spec.version, stable)
        return [*storage.classes(self._files), *scaling]
