import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from components.context import Context
from components.jupyterhub import starter
from model_stacks.iris import STACK

ASKED: list[tuple[str, Any]] = []


class Model(BaseHTTPRequestHandler):
    """Stands in for MLServer: notes what it is asked, and answers that it is a versicolor."""

    def do_POST(self) -> None:
        ASKED.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        body = json.dumps({"outputs": [{"name": "predict", "data": [1]}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    ASKED.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Model) as served:
        threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


def code() -> str:
    cells = json.loads(starter.notebook("models"))["cells"]
    return "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")


def test_its_code_asks_a_server_and_prints_what_it_says(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(code().replace("http://iris.models.svc", server), {})
    assert capsys.readouterr().out == "versicolor\n"
    ((path, body),) = ASKED
    assert path == "/v2/models/iris/infer"
    (endpoint,) = STACK.endpoints(Context())
    assert body == endpoint.sample


def test_it_asks_where_the_model_is_served() -> None:
    (endpoint,) = STACK.endpoints(Context())
    assert f'url = "{endpoint.url}"' in code()
    assert 'url = "http://iris.elsewhere.svc/' in starter.notebook("elsewhere").replace('\\"', '"')


def test_it_is_a_notebook_of_format_4_5() -> None:
    notebook = json.loads(starter.notebook("models"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert [cell["cell_type"] for cell in notebook["cells"]] == ["markdown", "code"]
    assert len({cell["id"] for cell in notebook["cells"]}) == 2
    assert notebook["cells"][1]["outputs"] == []


@pytest.mark.parametrize("own", [None, "mine"])
def test_it_is_put_into_a_home_that_has_none(tmp_path: Path, own: str | None) -> None:
    (tmp_path / "kept").write_text("new")
    home = tmp_path / "home"
    home.mkdir()
    if own:
        (home / starter.NAME).write_text(own)
    command = starter.values("models")["lifecycleHooks"]["postStart"]["exec"]["command"]
    here = [part.replace(starter.KEPT, str(tmp_path / "kept")).replace(starter.HOME, str(home)) for part in command]
    subprocess.run(here, check=True)
    assert (home / starter.NAME).read_text() == (own or "new")


def test_it_is_mounted_where_the_copy_is_taken_from() -> None:
    values = starter.values("models")
    assert values["extraFiles"][starter.NAME]["mountPath"] == starter.KEPT
    assert json.loads(values["extraFiles"][starter.NAME]["stringData"]) == json.loads(starter.notebook("models"))
