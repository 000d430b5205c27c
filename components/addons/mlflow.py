"""MLflow: what was trained, with what and how well, and the registry of the models that came of it."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, model_validator

from components import postgres
from components.addon import Addon
from components.autoscaler import disruption_budget
from components.context import Context, Profile, Traits
from components.errors import Mistake
from components.location.store import StoreUrl, store
from components.objects import HAS_HOST, excepted, tls
from components.pods.program import Program
from components.pods.restricted import RESTRICTED
from components.pods.volume import SCRATCH
from components.unit import GeneratedSecret, KubernetesObject, Namespace, Unit
from components.values import Bytes, DnsLabel, Host, PinnedImage, Resources

NAME = "mlflow"
PORT = 5000
SERVER = Program(NAME, NAME, {"server": PORT}, user=1000)
DATABASES = ("mlflow", "mlflow_auth")
"""What was tracked, and who may see it."""
FLOOR = (3, 17)
"""Earlier versions have known holes."""
KEYS = GeneratedSecret(name="mlflow-server", keys={"admin-password": 32, "flask-secret-key": 64})
SETTINGS = {"HOME": "/tmp", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
"""Jobs judge answers of language models, in eight more processes of 200 MiB."""
CONFIGURATION = "/etc/mlflow/basic_auth.ini"
WRITE_CONFIGURATION = f"""\
import configparser, os
known = {{"default_permission": "READ", "admin_username": "admin"}}
secret = {{"admin_password": "ADMIN_PASSWORD", "database_uri": "AUTH_DATABASE_URI"}}
found = configparser.ConfigParser()
found["mlflow"] = known | {{key: os.environ[name].replace("%", "%%") for key, name in secret.items()}}
with open("{CONFIGURATION}", "w") as file:
    found.write(file)
"""
"""MLflow takes the administrator's password from a file only; this one is in memory."""
WORKERS: dict[Profile, int] = {"laptop": 1, "production": 2}
MEMORY: dict[Profile, Resources] = {
    "laptop": Resources(cpu="100m", memory="1Gi"),
    "production": Resources(cpu="500m", memory="2Gi"),
}


def _supported(image: str) -> str:
    version = re.search(r"[:/]v?(\d+)\.(\d+)[^/]*$", image)
    if version and (int(version[1]), int(version[2])) < FLOOR:
        raise ValueError(f"MLflow below {FLOOR[0]}.{FLOOR[1]} has known holes. Choose a later one")
    return image


class MLflow(Addon):
    """A tracking server that asks for a name and a password; `admin`'s is generated.

    `artifacts`: the store of models and files, written with the variables of the Secret `credentials`; without it they
    are on a volume. `database`: a Secret with the keys `uri` and `auth-uri`, two databases of a PostgreSQL that
    somebody looks after; without it there is one pod of it.
    """

    host: Host | None = None
    ingress_class: DnsLabel | None = None
    tls_secret: DnsLabel | None = None
    artifacts: StoreUrl | None = None
    credentials: DnsLabel | None = None
    database: DnsLabel | None = None
    storage_class: DnsLabel | None = None
    artifacts_size: Bytes = "10Gi"
    database_size: Bytes = "5Gi"
    image: Annotated[PinnedImage, AfterValidator(_supported)] = "ghcr.io/mlflow/mlflow:v3.18.0-full"

    @model_validator(mode="after")
    def _store_can_be_written(self) -> Self:
        if bool(self.artifacts) != bool(self.credentials):
            raise ValueError("artifacts and credentials belong together: a store, and who may write it. Say both")
        if self.tls_secret and not self.host:
            raise ValueError("tls_secret is the certificate of a host. Say host")
        return self

    def claims(self, context: Context) -> tuple[str, ...]:
        return (f"host {self.host}",) if self.host else ()

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        known = self.storage_class or context.traits.storage_class
        if not (known or (self.database and (self.artifacts or context.traits.shared_storage_class))):
            yield Mistake(("storage_class",), "needs a volume, and this cluster has no default class of them. Name one")
        if context.production and not self.database:
            cure = "Name a Secret with uri and auth-uri of one that somebody looks after"
            yield Mistake(("database",), f"its own PostgreSQL has neither a second replica nor a backup. {cure}")
        if context.production and self.host and not self.tls_secret:
            fact = f"passwords are taken at {self.host} without TLS in production"
            yield Mistake(("tls_secret",), f"{fact}. Name the Secret of its certificate")

    def unit(self, context: Context) -> Unit:
        own_database = GeneratedSecret(name="mlflow-database", keys={postgres.PASSWORD: 48})
        secrets = (KEYS,) if self.database else (KEYS, own_database)
        objects = (*self._server(context), *self._database(context.traits), *self._entry())
        return Unit(name=NAME, namespace=Namespace(name=NAME), objects=objects, secrets=secrets)

    def _server(self, context: Context) -> list[KubernetesObject]:
        shared = None if self.storage_class else context.traits.shared_storage_class
        replicas = 2 if context.production and (self.artifacts or shared) else 1
        container = self._container(context.conventions.profile)
        found = SERVER.stateful_set(SERVER.pod(container, self._volumes(), context.traits, **self._before()), replicas)
        mode: Literal["ReadWriteMany", "ReadWriteOnce"] = "ReadWriteMany" if shared else "ReadWriteOnce"
        volume = [] if self.artifacts else [SERVER.claim(self.artifacts_size, self.storage_class or shared, mode)]
        budget = [disruption_budget(found["metadata"], SERVER.selector)] if replicas > 1 else []
        policy = SERVER.network_policy({"namespaceSelector": {}}, [{}])
        policy["metadata"] |= excepted(network_policy_open="its database and its store may be anywhere")
        return [SERVER.account(), found, SERVER.service(), policy, *volume, *budget]

    def _container(self, profile: Profile) -> dict[str, Any]:
        answers = {"httpGet": {"path": "/health", "port": "server"}, "timeoutSeconds": 5}
        return {
            "image": self.image,
            "command": ["mlflow", "server", "--host", "0.0.0.0", "--port", str(PORT), "--app-name", "basic-auth"],
            "args": [f"--workers={WORKERS[profile]}", f"--allowed-hosts={self._hosts()}", self._destination()],
            "env": [*self._secrets(), *({"name": name, "value": value} for name, value in SETTINGS.items())],
            **({"envFrom": [{"secretRef": {"name": self.credentials}}]} if self.credentials else {}),
            "resources": MEMORY[profile].requirements(),
            "startupProbe": {**answers, "periodSeconds": 5, "failureThreshold": 60},
            "readinessProbe": {**answers, "periodSeconds": 5},
            "livenessProbe": {**answers, "periodSeconds": 20},
            "volumeMounts": [
                SCRATCH.mount("scratch"),
                {"name": "configuration", "mountPath": "/etc/mlflow"},
                *([] if self.artifacts else [{"name": "artifacts", "mountPath": "/artifacts"}]),
            ],
        }

    def _before(self) -> dict[str, Any]:
        """Writes the configuration that has a password in it."""
        container = {
            "name": "configuration",
            "image": self.image,
            "command": ["python", "-c", WRITE_CONFIGURATION],
            "env": self._secrets(),
            "resources": Resources(cpu="50m", memory="128Mi").requirements(),
            "securityContext": RESTRICTED,
            "volumeMounts": [{"name": "configuration", "mountPath": "/etc/mlflow"}],
        }
        return {"initContainers": [container]}

    def _secrets(self) -> list[dict[str, Any]]:
        mine = [
            _variable("MLFLOW_FLASK_SERVER_SECRET_KEY", KEYS.name, "flask-secret-key"),
            _variable("ADMIN_PASSWORD", KEYS.name, "admin-password"),
            {"name": "MLFLOW_AUTH_CONFIG_PATH", "value": CONFIGURATION},
        ]
        names = ("MLFLOW_BACKEND_STORE_URI", "AUTH_DATABASE_URI")
        if self.database:
            return [
                *mine,
                *(_variable(*pair) for pair in zip(names, (self.database,) * 2, ("uri", "auth-uri"), strict=True)),
            ]
        urls = (postgres.url(NAME, database, "DATABASE_PASSWORD") for database in DATABASES)
        known = [{"name": name, "value": url} for name, url in zip(names, urls, strict=True)]
        return [*mine, postgres.password("DATABASE_PASSWORD", NAME), *known]

    def _volumes(self) -> list[dict[str, Any]]:
        configuration = {"name": "configuration", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}}
        kept = {"name": "artifacts", "persistentVolumeClaim": {"claimName": NAME}}
        return [configuration, SCRATCH.manifest("scratch"), *([] if self.artifacts else [kept])]

    def _hosts(self) -> str:
        """The names by which it may be called; another one would be an attack on who calls."""
        inside = [f"{name}:{PORT}" for name in (NAME, f"{NAME}.{NAME}", f"{NAME}.{NAME}.svc", f"{NAME}.{NAME}.svc.*")]
        return ",".join([*inside, "localhost:*", "127.0.0.1:*", *([self.host] if self.host else [])])

    def _destination(self) -> str:
        if not self.artifacts:
            return "--artifacts-destination=/artifacts"
        found = store(self.artifacts)
        place = f"wasbs://{found.bucket}@{found.account}.blob.core.windows.net/{found.prefix}"
        return f"--artifacts-destination={place if found.scheme == 'az' else self.artifacts}"

    def _database(self, traits: Traits) -> list[KubernetesObject]:
        own = postgres.postgres(NAME, DATABASES, self.database_size, self.storage_class, traits)
        return [] if self.database else own

    def _entry(self) -> list[KubernetesObject]:
        if not self.host:
            return []
        backend = {"service": {"name": NAME, "port": {"number": PORT}}}
        paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
        spec: dict[str, Any] = {"rules": [{"host": self.host, "http": {"paths": paths}}]}
        spec |= {"ingressClassName": self.ingress_class} if self.ingress_class else {}
        spec |= tls(self.host, self.tls_secret)
        return [SERVER.object("networking.k8s.io/v1", "Ingress", metadata=HAS_HOST, spec=spec)]


def _variable(name: str, secret: str, key: str) -> dict[str, Any]:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
