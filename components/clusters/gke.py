"""Google Kubernetes Engine."""

import pulumi

from components.cluster import Cluster, Identity
from components.gcp.spec import SHARED_CLASS, GkeSpec
from components.location.store import Grant
from components.unit import KubernetesObject


class Gke(Cluster):
    """A cluster of Google Cloud, in a network of its own or in one that exists."""

    Spec = GkeSpec

    def provision(self, spec: GkeSpec) -> pulumi.Input[str]:
        from components.gcp import control_plane, home, keys, network, nodes

        name = spec.cluster_name(self.name)
        self._home = home.home(self, spec.project, spec.region)
        self._place = network.place(spec, self._home)
        account = nodes.account(name, self._home)
        key = keys.for_secrets(self._home)
        self._cluster = control_plane.cluster(name, spec, self._home, self._place, account, key)
        self.ready += nodes.pools(spec, self._home, self._place, account, self._cluster)
        return control_plane.kubeconfig(name, spec, self._cluster)

    def furnishings(self, spec: GkeSpec) -> tuple[KubernetesObject, ...]:
        from components.gcp import storage

        return (storage.shared_class(SHARED_CLASS, self._place),)

    def identity(self, namespace: str, grant: Grant) -> Identity:
        from components.gcp import access

        name = f"{self.name}-{namespace}-{grant.account}"
        member = access.member(self._home, namespace, grant.account)
        options = self._home.child(depends_on=[self._cluster])
        return Identity(resources=tuple(access.reader(name, member, url, options) for url in grant.stores))
