"""Values that nobody knows: made once, kept in the engine's state as secrets."""

import pulumi
from pulumi_command import local

HEXADECIMAL = 'od -An -vtx1 -N"$LENGTH" /dev/urandom | tr -d " \\n" | cut -c "1-$LENGTH"'


def generated(name: str, length: int, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """`length` hexadecimal digits, made on the machine that runs the engine, where POSIX commands are."""
    secret = pulumi.ResourceOptions(additional_secret_outputs=["stdout"], ignore_changes=["create"])
    command = local.Command(
        name,
        create=HEXADECIMAL,
        environment={"LENGTH": str(length)},
        logging=local.Logging.NONE,
        opts=pulumi.ResourceOptions.merge(opts, secret),
    )
    return pulumi.Output.secret(command.stdout.apply(str.strip))
