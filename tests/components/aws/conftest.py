import pytest

from tests.components.aws.account import provisioned
from tests.components.deployed import Deployed


@pytest.fixture(scope="session")
def deployed() -> Deployed:
    """The cluster of an environment that chooses no more than it must."""
    return provisioned()
