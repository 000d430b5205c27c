"""Who the pods of a model are, and who may call them."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from components import mesh
from components.network_policy import Rules, network_policy
from components.unit import KubernetesObject


def objects(
    metadata: dict[str, Any],
    selector: dict[str, str],
    ports: Iterable[str | int],
    calls: Rules,
    *,
    meshed: bool,
    scraped: tuple[int, ...],
    public: bool = False,
) -> list[KubernetesObject]:
    """An account that may nothing, and the NetworkPolicy of the pods of `selector`, as `network_policy` has it.

    `meshed`: plain text is refused too, save at the ports where they are `scraped`.
    """
    account = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata,
        "automountServiceAccountToken": False,
    }
    policy = network_policy(metadata, selector, ports, calls, meshed, public)
    strict = [mesh.only_mutual_tls(metadata, selector, scraped)] if meshed else []
    return [deepcopy(each) for each in (account, policy, *strict)]  # to edit one is to edit one
