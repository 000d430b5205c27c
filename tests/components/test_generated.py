import re
import subprocess

import pulumi
import pytest

from components.generated import HEXADECIMAL, generated
from tests.components.deployed import deploy


@pytest.mark.parametrize("length", [1, 8, 33, 64])
def test_the_command_prints_so_many_hexadecimal_digits(length: int) -> None:
    runs = {
        subprocess.run(["sh", "-c", HEXADECIMAL], env={"LENGTH": str(length)}, stdout=-1, text=True, check=True).stdout
        for _ in range(2)
    }
    assert all(re.fullmatch(rf"[0-9a-f]{{{length}}}\n?", printed) for printed in runs)
    assert length == 1 or len(runs) == 2


def test_it_is_a_secret_that_no_log_shows_and_no_new_version_changes() -> None:
    deployed = deploy(lambda: pulumi.export("made", generated("password", 32, pulumi.ResourceOptions())))
    command = deployed.one("command:local:Command")
    assert command.inputs["environment"] == {"LENGTH": "32"}
    assert command.inputs["logging"] == "none"
    assert list(command.request.additionalSecretOutputs) == ["stdout"]
    assert list(command.request.ignoreChanges) == ["create"]
