"""The process of a model server, as its runtime describes it."""

from components.values import PinnedImage, Value


class Server(Value):
    """How a runtime's process is started and asked about. Paths are of its HTTP port."""

    image: PinnedImage
    command: tuple[str, ...]
    env: dict[str, str] = {}
    traces_env: dict[str, str] = {}
    """Added where spans are collected, {address} being where: what makes it send them."""
    ports: dict[str, int]
    """Name to number; `http` is a must, `metrics` is scraped at `metrics_path`."""
    startup_path: str
    """Answers 200 once the models are loaded."""
    ready_path: str
    """Answers 200 as long as every model is loaded."""
    live_path: str
    metrics_path: str = "/metrics"

    def scraped(self) -> tuple[int, ...]:
        """Where Prometheus asks in plain text, being no part of the mesh."""
        return (self.ports["metrics"],) if "metrics" in self.ports else ()
