"""A running cluster, asked through Kubernetes' own client."""

import http.client
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import SplitResult, urlsplit

import yaml
from urllib3 import Retry
from urllib3.exceptions import HTTPError

from components.errors import SlipwayError
from infra.patience import Patience

if TYPE_CHECKING:  # half of a command's start, and many commands ask no cluster
    from kubernetes import client

CONNECT_SECONDS, ANSWER_SECONDS = 5, 15
APPLY_SECONDS = 30
"""Admission webhooks may be asked on the way."""
PREDICTION_SECONDS = 30
BUSY = frozenset((429, 502, 503, 504))
"""Statuses of an API server, or of what stands before it, that has no time now."""
RETRY = Retry(
    connect=0,
    read=2,
    other=0,
    status=8,
    backoff_factor=0.2,
    backoff_max=3,
    status_forcelist=BUSY,
    raise_on_status=False,
)


class Unreachable(SlipwayError):
    """The cluster does not answer now; it may later."""


class Answer(NamedTuple):
    """An API server's, be it a refusal."""

    status: int
    text: str
    phrase: str | None

    @property
    def good(self) -> bool:
        """Whether it is what was asked for."""
        return self.status in (200, 201)

    @property
    def reason(self) -> str:
        """Of a refusal: the message of a Status, which is what an API server says; what stands before one says all."""
        with suppress(ValueError, TypeError, KeyError):
            return str(json.loads(self.text)["message"])
        return self.phrase or self.text[:200]


class Live:
    """A cluster by its kubeconfig; `context` None takes the file's current one."""

    def __init__(self, kubeconfig: Path, context: str | None = None) -> None:
        self.kubeconfig, self.context = kubeconfig, context

    @cached_property
    def api(self) -> "client.ApiClient":
        """A client of this cluster. Raises SlipwayError where the kubeconfig is missing or wrong."""
        from kubernetes import client, config

        new_client: Callable[..., object] = config.new_client_from_config
        if not self.kubeconfig.exists():
            raise SlipwayError(
                f"kubeconfig {self.kubeconfig} does not exist. Bring its cluster up, or name another file"
            )
        chosen = client.Configuration()
        chosen.retries = RETRY
        try:
            api = new_client(str(self.kubeconfig), self.context, client_configuration=chosen)
            if not re.match("https?://[^ ]+$", chosen.host):
                raise ValueError(f"{chosen.host!r} is not the address of an API server")
            return cast(client.ApiClient, api)
        except (TypeError, AttributeError):
            words = "it is not a kubeconfig"
        except (config.ConfigException, yaml.YAMLError, OSError, ValueError) as error:
            words = " ".join(str(error).split())
        raise SlipwayError(f"kubeconfig {self.kubeconfig}: {words}. Mend the file, or name another one")

    def version(self) -> str:
        """The API server's version. Raises Unreachable where it does not answer within seconds."""
        return str(self.get("/version")["gitVersion"])

    def get(self, path: str) -> Any:
        """What the API server answers to a GET of `path`, spelled as `kubectl get -o json` spells it."""
        return json.loads(self.read(path))

    def read(self, path: str) -> str:
        """The text that the API server answers to a GET of `path`. Raises SlipwayError with its reason."""
        answer = self.ask("GET", path)
        if not answer.good:
            raise SlipwayError(f"GET {path}: {answer.status} {answer.reason}")
        return answer.text

    def ask(self, method: str, path: str, patch: str = "") -> Answer:
        """What the API server answers; `patch` is a manifest to apply.

        What is busy is asked again; Unreachable is raised where that does not help.
        """
        headers = {"Content-Type": "application/apply-patch+yaml"} if patch else {}
        request = self.api.param_serialize(
            method, path, header_params=headers, body=patch or None, auth_settings=["BearerToken"]
        )
        limits = CONNECT_SECONDS, APPLY_SECONDS if patch else ANSWER_SECONDS
        with self.answering():
            response = self.api.call_api(*request, _request_timeout=limits)
            text = bytes(response.read()).decode(errors="replace")  # type: ignore[no-untyped-call]  # the client's
        answer = Answer(response.status, text, response.reason)
        if answer.status in BUSY:
            raise Unreachable(f"{method} {path.partition('?')[0]}: {answer.status} {answer.reason}. Try again later")
        return answer

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Turns a cluster's silence or refusal into a SlipwayError."""
        from kubernetes.client import ApiException

        host = self.api.configuration.host
        try:
            yield
        except ApiException as error:
            answer = Answer(error.status or 0, str(error.body), error.reason)
            kind = SlipwayError if answer.status and answer.status not in BUSY else Unreachable
            raise kind(f"cluster at {host} refuses: {answer.reason}") from None
        except (HTTPError, OSError) as error:
            raise Unreachable(
                f"cluster at {host} does not answer: {_words(error)}. Start it, or mend its kubeconfig"
            ) from None

    def post(self, url: str, body: Any) -> Any:
        """POST `body` as JSON to a Service's URL, through a port of a ready pod behind it; the answer's JSON.

        Needs no route to the cluster's network: the connection goes through the API server, as `kubectl port-forward`.
        """
        address = urlsplit(url)
        with self.answering():
            connection = http.client.HTTPConnection(str(address.hostname), timeout=PREDICTION_SECONDS)
            connection.sock = self._forwarded(address)
            headers = {"Content-Type": "application/json", "Connection": "close"}
            connection.request("POST", address.path, json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        if response.status != 200:
            raise SlipwayError(f"{url} answered {response.status} {response.reason}: {text[:500]}")
        return json.loads(text)

    def _forwarded(self, address: SplitResult) -> Any:
        from kubernetes.stream.ws_client import portforward_call

        port_forward: Callable[..., Any] = portforward_call
        service, namespace = str(address.hostname).split(".")[:2]
        pod, port = self._ready_pod(service, namespace)
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/portforward?ports={port}"
        method, url, headers, *_ = self.api.param_serialize("GET", path, auth_settings=["BearerToken"])
        patience = Patience()
        while True:
            try:
                with self.answering():
                    stream = port_forward(self.api.configuration, method, url, headers=headers).socket(port)
                    stream.settimeout(PREDICTION_SECONDS)
                    return stream
            except Unreachable:
                if not patience.lasts():
                    raise

    def _ready_pod(self, service: str, namespace: str) -> tuple[str, int]:
        selector = f"labelSelector=kubernetes.io/service-name={service}"
        slices = self.get(f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices?{selector}")["items"]
        for part in slices:
            ready = (each["targetRef"]["name"] for each in part["endpoints"] or () if each["conditions"]["ready"])
            if pod := next(ready, None):
                return pod, next(port["port"] for port in part["ports"] if port["name"] == "http")
        raise SlipwayError(f"service {namespace}/{service} has no ready pod. `slipway status` says why")


def _words(error: Exception) -> str:
    """The reason at the bottom of what urllib3 has wrapped."""
    return str(getattr(error, "reason", error)).rpartition(": ")[2]
