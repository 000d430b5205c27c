from typing import Any

import pytest

from tests.components.deployed import Deployed
from tests.components.gcp.made import CLUSTER, made


@pytest.fixture(scope="package")
def deployed() -> Deployed:
    return made()


@pytest.fixture(scope="package")
def cluster(deployed: Deployed) -> dict[str, Any]:
    return deployed.one(CLUSTER).inputs
