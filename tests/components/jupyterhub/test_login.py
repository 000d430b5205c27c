from types import SimpleNamespace
from typing import Any

import pytest

from components.jupyterhub.login import PASSWORDS, GitHub, Login, OpenId, login

URL = "https://jupyterhub.example.it"
ADDRESSES = {f"{name}_url": f"https://id.example.it/{name}" for name in ("authorize", "token", "userdata")}


def github() -> Login:
    return login("github", GitHub(secret="hub-oauth", organizations=("example",)), URL)


def open_id() -> Login:
    return login("open-id", OpenId.model_validate({"secret": "hub-oauth", **ADDRESSES}), URL)


def test_the_hub_reads_its_generated_passwords() -> None:
    """As the chart runs extraConfig: within jupyterhub_config.py, which has imported get_secret_value."""
    how = login("shared-password", None, URL)
    told: Any = SimpleNamespace(SharedPasswordAuthenticator=SimpleNamespace())
    exec(how.hub["extraConfig"]["passwords"], {"c": told, "get_secret_value": lambda key: f"the {key}"})
    assert vars(told.SharedPasswordAuthenticator) == {key: f"the {key}" for key in how.passwords}


def test_generated_passwords_are_as_long_as_jupyterhub_asks() -> None:
    assert PASSWORDS["user_password"] >= 8
    assert PASSWORDS["admin_password"] >= 32
    assert login("shared-password", None, URL).passwords == PASSWORDS


def test_others_have_no_password() -> None:
    assert [login("native", None, URL).passwords, github().passwords, open_id().passwords] == [{}, {}, {}]


@pytest.mark.parametrize(
    ("how", "section"), [(github(), "GitHubOAuthenticator"), (open_id(), "GenericOAuthenticator")], ids=str
)
def test_a_client_is_known_by_a_secret_and_called_back(how: Login, section: str) -> None:
    assert how.hub["config"][section]["oauth_callback_url"] == "https://jupyterhub.example.it/hub/oauth_callback"
    assert how.hub["extraEnv"] == {
        "OAUTH_CLIENT_ID": {"valueFrom": {"secretKeyRef": {"name": "hub-oauth", "key": "client_id"}}},
        "OAUTH_CLIENT_SECRET": {"valueFrom": {"secretKeyRef": {"name": "hub-oauth", "key": "client_secret"}}},
    }


def test_github_lets_members_in_and_nobody_else() -> None:
    config = github().hub["config"]
    assert config["GitHubOAuthenticator"]["allowed_organizations"] == ["example"]
    assert config["GitHubOAuthenticator"]["scope"] == ["read:org"], "to see who is a member"
    assert "allow_all" not in str(config)


def test_a_provider_lets_in_whom_it_knows_by_the_name_that_it_gives() -> None:
    config = open_id().hub["config"]["GenericOAuthenticator"]
    assert ADDRESSES.items() <= config.items()
    assert config["allow_all"] is True
    assert config["username_claim"] == "preferred_username"
    assert config["scope"] == ["openid"]
