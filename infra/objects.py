"""Any object of a running cluster, whatever its kind: as it is, and as it would be."""

import json
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import urlencode

from components.errors import SlipwayError
from components.unit import KubernetesObject
from infra.inventory import Identity, identity
from infra.live import Live

APPLY = urlencode({"dryRun": "All", "fieldManager": "slipway", "fieldValidation": "Strict", "force": "true"})


class Absent(SlipwayError):
    """The place where an object goes is not there yet: its namespace, or the definition of its kind."""


class Refused(SlipwayError):
    """The API server does not do what it is asked for; its reason."""


class Objects:
    """What is on a cluster; nothing is changed. Each call raises SlipwayError where the cluster does not answer."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._kinds = cache(self._served)

    def get(self, of: Identity) -> Any:
        """The object of that identity, or None."""
        with suppress(Absent):
            return self._ask("GET", self._path(of))
        return None

    def applied(self, manifest: KubernetesObject) -> Any:
        """What the cluster would have if `manifest` were applied. Raises Absent or Refused where that cannot be."""
        return self._ask("PATCH", f"{self._path(identity(manifest))}?{APPLY}", json.dumps(manifest))

    def _path(self, of: Identity) -> str:
        if of.kind not in (kinds := self._kinds(of.api)):
            raise Absent(f"the cluster does not know {of.kind} of {of.api} yet")
        plural, namespaced = kinds[of.kind]
        return f"{_root(of.api)}{f'/namespaces/{of.namespace}' if namespaced else ''}/{plural}/{of.name}"

    def _served(self, api: str) -> dict[str, tuple[str, bool]]:
        """Each kind of an API version: its plural, and whether its objects are in namespaces."""
        with suppress(Absent):
            listed = self._ask("GET", _root(api))["resources"]
            return {each["kind"]: (each["name"], each["namespaced"]) for each in listed if "/" not in each["name"]}
        return {}

    def _ask(self, method: str, path: str, patch: str = "") -> Any:
        answer = self._live.ask(method, path, patch)
        if answer.good:
            return json.loads(answer.text)
        raise (Absent if answer.status == 404 else Refused)(answer.reason)


def _root(api: str) -> str:
    return f"/apis/{api}" if "/" in api else f"/api/{api}"
