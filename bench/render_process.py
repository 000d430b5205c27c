"""A whole process that renders: `python -m bench.render_process COUNT FOLDER` prints its objects and peak memory."""

import json
import sys
from pathlib import Path

from bench.measure import peak_memory
from bench.workload import stacks
from components import render
from components.addons.metrics_server import MetricsServer
from components.context import Context
from components.environment import Environment
from components.scaling import Autoscaling


def main(count: int, folder: Path) -> None:
    """Render `count` autoscaled stacks and metrics-server, which they need, into `folder`."""
    scaled = stacks(count, autoscaling=Autoscaling(max_replicas=3))
    environment = Environment(addons=(MetricsServer(),), stacks=scaled)
    render.write(environment.units(Context()), folder)
    print(json.dumps({"peak": peak_memory()}))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
