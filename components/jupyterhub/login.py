"""How people log in to JupyterHub, and what its hub is told about it."""

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, Field

from components.values import DnsLabel, Value

Authenticator = Literal["dummy", "github", "native", "open-id", "shared-password"]
"""`native`: people sign up, an administrator lets them in; `shared-password`: one for all, another for administrators;
`dummy`: anybody, as anybody."""


def _https(url: str) -> str:
    if not url.startswith("https://"):
        raise ValueError("must be an https:// address, for passwords and tokens travel to it")
    return url


HttpsUrl = Annotated[str, AfterValidator(_https)]


class GitHub(Value):
    """Members of GitHub organizations. `secret`: the client_id and client_secret of an OAuth app, in a Secret."""

    secret: DnsLabel
    organizations: Annotated[tuple[str, ...], Field(min_length=1)]


class OpenId(Value):
    """Whoever an OpenID Connect provider lets in. `secret`: its client_id and client_secret, in a Secret."""

    secret: DnsLabel
    authorize_url: HttpsUrl
    token_url: HttpsUrl
    userdata_url: HttpsUrl
    username_claim: str = "preferred_username"
    scope: tuple[str, ...] = ("openid",)


Values = dict[str, Any]


class Login(NamedTuple):
    """What the chart is told below `hub`, and the generated passwords: key to hexadecimal digits."""

    hub: Values
    passwords: dict[str, int] = {}


PASSWORDS = {"user_password": 32, "admin_password": 64}
"""JupyterHub asks for 8 characters, and 32 for administrators."""
_READ_PASSWORDS = "".join(
    f"c.SharedPasswordAuthenticator.{key} = get_secret_value({key!r})  # of hub.existingSecret\n" for key in PASSWORDS
)


def login(authenticator: Authenticator, provider: GitHub | OpenId | None, url: str) -> Login:
    """`url` is where people open the hub; `provider` is given for `github` and `open-id`."""
    match provider:
        case GitHub():
            own: Values = {"allowed_organizations": list(provider.organizations), "scope": ["read:org"]}
            return _oauth("github", "GitHubOAuthenticator", provider.secret, url, own)
        case OpenId():
            own = {**provider.model_dump(mode="json", exclude={"secret"}), "allow_all": True}
            return _oauth("generic-oauth", "GenericOAuthenticator", provider.secret, url, own)
    hub = _config(authenticator, {"Authenticator": {"allow_all": True}})
    if authenticator == "shared-password":
        return Login({**hub, "extraConfig": {"passwords": _READ_PASSWORDS}}, PASSWORDS)
    return Login(hub)


def _config(kind: str, own: Values) -> Values:
    return {"config": {"JupyterHub": {"authenticator_class": kind}, **own}}


def _oauth(kind: str, section: str, secret: str, url: str, own: Values) -> Login:
    """The client's id and secret reach it through the variables in which every OAuthenticator looks for them."""
    callback = {"oauth_callback_url": f"{url}/hub/oauth_callback"}
    env = {
        f"OAUTH_{key.upper()}": {"valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
        for key in ("client_id", "client_secret")
    }
    return Login({**_config(kind, {section: {**callback, **own}}), "extraEnv": env})
