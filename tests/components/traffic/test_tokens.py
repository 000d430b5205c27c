from components.context import Gateway
from components.traffic.route import Jwt, Route
from components.traffic.tokens import required

JWT = Jwt(issuer="https://login.example.it", jwks="https://login.example.it/keys", audiences=("models",))
GATEWAY = Gateway(namespace="edge", name="models", listener="https", istio=True)


def made(path: str) -> tuple[dict[str, object], list[dict[str, object]]]:
    route = Route(host="models.example.it", path=path, jwt=JWT)
    asked, denied = required({"name": "iris", "namespace": "ml"}, route, JWT, GATEWAY)
    for each in (asked, denied):
        assert each["metadata"] == {"name": "iris", "namespace": "edge"}
        (target,) = each["spec"]["targetRefs"]
        assert (target["kind"], target["name"]) == ("Gateway", "models")
    assert denied["spec"]["action"] == "DENY"
    (rule,) = asked["spec"]["jwtRules"]
    return rule, denied["spec"]["rules"]


def test_tokens_are_checked_with_the_keys_of_their_issuer() -> None:
    rule, _ = made("/")
    assert rule == {
        "issuer": "https://login.example.it",
        "jwksUri": "https://login.example.it/keys",
        "audiences": ["models"],
    }


def test_without_a_token_of_that_issuer_or_with_one_for_others_nobody_passes() -> None:
    _, (stranger, elsewhere) = made("/")
    assert stranger["from"] == [{"source": {"notRequestPrincipals": ["https://login.example.it/*"]}}]
    assert elsewhere["when"] == [{"key": "request.auth.audiences", "notValues": ["models"]}]


def test_only_this_route_is_closed_whatever_port_the_caller_names() -> None:
    _, rules = made("/iris")
    for rule in rules:
        assert rule["to"] == [
            {
                "operation": {
                    "hosts": ["models.example.it", "models.example.it:*"],
                    "paths": ["/iris", "/iris/*"],
                }
            }
        ]
