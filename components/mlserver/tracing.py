"""How MLServer is told to send spans."""


def tracing(name: str, address: str) -> dict[str, str]:
    """Its variables for sending them to `address` by OTLP over gRPC, as `name`."""
    return {"MLSERVER_TRACING_SERVER": address, "MLSERVER_SERVER_NAME": name}
