"""What may be reached from anywhere."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from ...cloud import everybody
from ...objects import Object, Path, entries, get, has, number
from ...rule import Finding, ResourceRule, Severity

ADMINISTRATION = {22: "SSH", 2049: "NFS", 2379: "etcd", 2380: "etcd", 3389: "RDP", 10250: "the kubelet"}
PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
REASON = "Every address is scanned all day, and one weak key or unpatched service there is enough."


def _opened(first: float, last: float) -> list[str]:
    """What a range of ports opens that only administrators need."""
    return list(dict.fromkeys(what for port, what in ADMINISTRATION.items() if first <= port <= last))


def _opened_by(ranges: Iterable[Any]) -> list[str]:
    """The same for ranges as text: "22", "1000-2000", and "*" for all."""
    matches = (PORTS.fullmatch("0-65535" if each == "*" else str(each)) for each in ranges)
    return [what for each in matches if each for what in _opened(int(each[1]), int(each[2] or each[1]))]


def _amazon(properties: Object) -> Iterator[tuple[Path, Object]]:
    """The rules for what comes in, of any of the resources that hold some."""
    if get(properties, "type") == "ingress" or has(properties, "ipProtocol"):
        yield (), properties
    for index, rule in enumerate(entries(properties, "ingress")):
        yield ("ingress", index), rule


@partial(
    ResourceRule,
    id="aws-firewall",
    severity=Severity.MANDATORY,
    types=(
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ),
    title="No security group opens administration to everybody",
    reason=REASON,
    remedy="Name the networks or security groups that need it; reach nodes by Session Manager.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
)
def amazon(properties: Object) -> Iterator[Finding]:
    for path, rule in _amazon(properties):
        sources = (*entries(rule, "cidrBlocks"), *entries(rule, "ipv6CidrBlocks"))
        if not everybody((*sources, get(rule, "cidrIpv4"), get(rule, "cidrIpv6"))):
            continue
        whole = "-1" in (get(rule, "protocol"), get(rule, "ipProtocol"))
        first, last = number(rule, "fromPort"), number(rule, "toPort")
        for what in _opened(0, 65535) if whole else _opened(first or 0, last if last is not None else 65535):
            yield path, f"opens {what} to everybody"


@partial(
    ResourceRule,
    id="gcp-firewall",
    severity=Severity.MANDATORY,
    types=("gcp:compute/firewall:Firewall",),
    title="No firewall rule of Google's opens administration to everybody",
    reason=REASON,
    remedy="Name the networks that need it; reach nodes by Identity-Aware Proxy.",
    reference="https://cloud.google.com/firewall/docs/firewalls",
)
def google(firewall: Object) -> Iterator[Finding]:
    if get(firewall, "direction") == "EGRESS" or not everybody(entries(firewall, "sourceRanges")):
        return
    for index, allowed in enumerate(entries(firewall, "allows")):
        if get(allowed, "protocol") in ("tcp", "all", "6"):
            for what in _opened_by(entries(allowed, "ports") or ["*"]):
                yield ("allows", index), f"opens {what} to everybody"


def _microsoft(properties: Object) -> Iterator[tuple[Path, Object]]:
    if has(properties, "access"):
        yield (), properties
    for index, rule in enumerate(entries(properties, "securityRules")):
        yield ("securityRules", index), rule


@partial(
    ResourceRule,
    id="azure-firewall",
    severity=Severity.MANDATORY,
    types=("azure-native:network:NetworkSecurityGroup", "azure-native:network:SecurityRule"),
    title="No network security group opens administration to everybody",
    reason=REASON,
    remedy="Name the networks that need it; reach nodes by Bastion.",
    reference="https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview",
)
def microsoft(properties: Object) -> Iterator[Finding]:
    for path, rule in _microsoft(properties):
        sources = (get(rule, "sourceAddressPrefix"), *entries(rule, "sourceAddressPrefixes"))
        lets_in = get(rule, "access") == "Allow" and get(rule, "direction") == "Inbound"
        if lets_in and everybody(sources):
            ports = [get(rule, "destinationPortRange"), *entries(rule, "destinationPortRanges")]
            for what in _opened_by(ports):
                yield path, f"opens {what} to everybody"
