"""A running cluster, asked through Kubernetes' own client."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from kubernetes import client, config
from kubernetes.stream import portforward
from urllib3.exceptions import HTTPError

from components.errors import SlipwayError

ANSWER_SECONDS = 30


class Live:
    """A cluster by its kubeconfig; `context` None takes the file's current one."""

    def __init__(self, kubeconfig: Path, context: str | None = None) -> None:
        self.kubeconfig, self.context = kubeconfig, context

    @cached_property
    def api(self) -> client.ApiClient:
        """A client of this cluster. Raises SlipwayError where the kubeconfig is missing or wrong."""
        try:
            return config.new_client_from_config(str(self.kubeconfig), self.context)
        except config.ConfigException as error:
            raise SlipwayError(f"kubeconfig {self.kubeconfig}: {error}. Mend the file, or name another one") from None

    @property
    def core(self) -> client.CoreV1Api:
        return client.CoreV1Api(self.api)

    def version(self) -> str:
        """The API server's version. Raises SlipwayError where it does not answer within seconds."""
        self.api.configuration.retries = False
        with self.answering():
            return str(client.VersionApi(self.api).get_code(_request_timeout=5).git_version)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Turns a cluster's silence or refusal into a SlipwayError."""
        host = self.api.configuration.host
        try:
            yield
        except client.ApiException as error:
            message = json.loads(error.body)["message"] if str(error.body).startswith("{") else error.reason
            raise SlipwayError(f"cluster at {host} refuses: {message}") from None
        except (HTTPError, OSError) as error:
            raise SlipwayError(f"cluster at {host} does not answer: {error}. Start it, or mend the kubeconfig") from None

    def post(self, url: str, body: Any) -> Any:
        """POST `body` as JSON to a Service's URL, through a port of a ready pod behind it; the answer's JSON.

        Needs no route to the cluster's network: the connection goes through the API server, as `kubectl port-forward`.
        """
        address = urlsplit(url)
        with self.answering():
            connection = http.client.HTTPConnection(str(address.hostname), timeout=ANSWER_SECONDS)
            connection.sock = self._forwarded(address)
            headers = {"Content-Type": "application/json", "Connection": "close"}
            connection.request("POST", address.path, json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        if response.status != 200:
            raise SlipwayError(f"{url} answered {response.status} {response.reason}: {text[:500]}")
        return json.loads(text)

    def _forwarded(self, address: SplitResult) -> Any:
        service, namespace = str(address.hostname).split(".")[:2]
        pod, port = self._ready_pod(service, namespace)
        forward = portforward(self.core.connect_get_namespaced_pod_portforward, pod, namespace, ports=str(port))
        stream = forward.socket(port)
        stream.setblocking(True)
        return stream

    def _ready_pod(self, service: str, namespace: str) -> tuple[str, int]:
        selector = f"kubernetes.io/service-name={service}"
        slices = client.DiscoveryV1Api(self.api).list_namespaced_endpoint_slice(namespace, label_selector=selector)
        for part in slices.items:
            ready = (endpoint.target_ref.name for endpoint in part.endpoints or () if endpoint.conditions.ready)
            if pod := next(ready, None):
                return pod, next(port.port for port in part.ports if port.name == "http")
        raise SlipwayError(f"service {namespace}/{service} has no ready pod. `slipway status` says why")
