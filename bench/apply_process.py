"""A whole process that renders and applies: `python -m bench.apply_process COUNT KUBECONFIG`."""

import io
import sys
from pathlib import Path

from bench.workload import Unawaited, stacks
from components.clusters.existing import Existing
from components.environment import Environment
from infra.kubectl import Kubectl
from infra.rendered import Rendered
from infra.settings import ClusterKind, Target
from sandbox.toolchain import binary


def main(count: int, kubeconfig: Path) -> None:
    """Put `count` stacks on the cluster as `slipway up` does without Pulumi."""
    cluster = ClusterKind(Existing, Existing.Spec(kubeconfig=str(kubeconfig)))
    target = Target("bench", cluster, Environment(stacks=stacks(count, Unawaited)))
    Rendered(target, Kubectl(binary("kubectl"), kubeconfig)).apply().run(io.StringIO())


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
