"""The workload with the library."""

import pulumi

from bench.workload import Unawaited, stacks
from components.clusters.existing import Existing
from components.environment import Environment
from components.platform import Platform

config = pulumi.Config("bench")
cluster = Existing("bench", Existing.Spec(kubeconfig=config.require("kubeconfig")))
Platform("bench", Environment(stacks=stacks(config.require_int("models"), Unawaited)), cluster=cluster)
