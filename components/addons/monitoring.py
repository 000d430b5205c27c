"""Monitoring: Prometheus, Alertmanager and Grafana, with the monitors, dashboards and alerts of the serving stack."""

from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from components.addon import Addon
from components.context import Context
from components.errors import Mistake
from components.objects import platform_object
from components.observability.alerts import API, Objectives, rules
from components.observability.dashboards import dashboards
from components.observability.monitors import monitors
from components.observability.stack import Door, Storage, chart, grafana, told
from components.unit import GeneratedSecret, KubernetesObject, Namespace, Unit
from components.values import Bytes, DnsLabel, Host, Value, Whole

NAME = "monitoring"
ADMIN = "grafana-admin"
PROMETHEUS = f"http://{NAME}-kube-prometheus-prometheus.{NAME}.svc:9090"
"""Where it answers: the chart shortens its own name to 26 characters together with the release's."""


class Receiver(Value):
    """Who is told of alerts. `secret`, of the namespace `monitoring`, has the key `url`, or for PagerDuty `key`."""

    kind: Literal["slack", "webhook", "pagerduty"]
    secret: DnsLabel
    channel: str | None = None
    """Slack's, such as #models."""

    @model_validator(mode="after")
    def _channel_of_slack(self) -> Self:
        if bool(self.channel) != (self.kind == "slack"):
            raise ValueError("slack needs a channel, and nothing else has one. Say it for slack, and only there")
        return self

    def config(self) -> dict[str, Any]:
        """As Alertmanager spells it: it reads the secret from a file."""
        folder = f"/etc/alertmanager/secrets/{self.secret}"
        told: dict[str, dict[str, Any]] = {
            "slack": {"api_url_file": f"{folder}/url", "channel": self.channel, "send_resolved": True},
            "webhook": {"url_file": f"{folder}/url"},
            "pagerduty": {"routing_key_file": f"{folder}/key"},
        }
        return {"name": "team", f"{self.kind}_configs": [told[self.kind]]}


class Monitoring(Addon):
    """Grafana's user is `admin`, its password in the Secret `grafana-admin`. What is not said, the profile says."""

    host: Host | None = None
    """Where Grafana is opened."""
    tls_secret: DnsLabel | None = None
    """The Secret, of the namespace `monitoring`, with the certificate of `host`."""
    ingress_class: DnsLabel | None = None
    retention_days: Whole | None = Field(default=None, ge=1, le=365)
    storage: Bytes | None = None
    storage_class: DnsLabel | None = None
    notify: Receiver | None = None
    objectives: Objectives = Objectives()

    @model_validator(mode="after")
    def _of_a_host(self) -> Self:
        if not self.host and (self.tls_secret or self.ingress_class):
            raise ValueError("tls_secret and ingress_class are those of a host. Say host, or leave them out")
        return self

    def claims(self, context: Context) -> tuple[str, ...]:
        return (f"host {self.host}",) if self.host else ()

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        if context.production and self.host and not self.tls_secret:
            fact = f"the password of {self.host} would be sent in clear"
            yield Mistake(("tls_secret",), f"{fact}. Name the Secret of its certificate")
        if context.production and not self._lasting(context):
            fact = "data are kept on volumes, and this cluster has no default class of them"
            yield Mistake(("storage_class",), f"{fact}. Name one")

    def unit(self, context: Context) -> Unit:
        models = context.models.name
        return Unit(
            name=NAME,
            # Node exporters read their node's own files, processes and network.
            namespace=Namespace(name=NAME, pod_security="privileged"),
            charts=(chart(NAME, context.conventions.profile, self._storage(context), self._parts(context)),),
            objects=(
                *monitors(NAME, models, of=NAME),
                rules(NAME, models, self.objectives, of=NAME),
                *(dashboard.config_map(NAME, of=NAME) for dashboard in dashboards(models)),
            ),
            accepts=_smallest_rule(),
            secrets=(GeneratedSecret(name=ADMIN, keys={"admin-password": 32}),),
        )

    def _parts(self, context: Context) -> tuple[dict[str, Any], ...]:
        # Where a server has its metrics at the port at which it is called, a mesh lets only its members ask for them.
        mesh = context.conventions.mesh
        member = {"prometheus": {"prometheusSpec": {"podMetadata": {"labels": mesh}}}} if mesh else {}
        door = Door(self.host, self.tls_secret, self.ingress_class) if self.host else None
        return member, grafana(ADMIN, door), told(self.notify.config(), self.notify.secret) if self.notify else {}

    def _storage(self, context: Context) -> Storage:
        return Storage(self.retention_days, self.storage, self.storage_class, self._lasting(context))

    def _lasting(self, context: Context) -> bool:
        return bool(self.storage_class or context.traits.storage_class)


def _smallest_rule() -> KubernetesObject:
    """What the operator's webhook is asked about."""
    rule = {"record": "slipway:ready", "expr": "vector(1)"}
    return platform_object(
        API, "PrometheusRule", "ready", NAME, of=NAME, spec={"groups": [{"name": "ready", "rules": [rule]}]}
    )
