"""An HTTPS server that fails as it is told to."""

import ssl
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

Answer = Callable[["Handler"], None]


class Asked(NamedTuple):
    """One request."""

    method: str
    path: str
    range: str | None
    if_range: str | None
    authorization: str | None


class Server(ThreadingHTTPServer):
    """`files`: path to content. `faults`: what the next GETs are answered with instead, one each."""

    daemon_threads = True
    resumes = True
    tag = '"1"'

    def __init__(self, certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.faults: list[Answer] = []
        self.redirects: dict[str, str] = {}
        self.asked: list[Asked] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.with_suffix(".crt"), certificate.with_suffix(".key"))
        self.socket = context.wrap_socket(self.socket, server_side=True)
        Thread(target=self.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        """As a URI names it."""
        return f"127.0.0.1:{self.server_port}"

    def read(self) -> list[str | None]:
        """Which range each GET asked for."""
        return [each.range for each in self.asked if each.method == "GET"]

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients hang up in these tests."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, *arguments: object) -> None:
        """Nothing."""

    def whole(self, content: bytes, body: bool = True) -> None:
        start = self._start()
        self.send_response(206 if start else 200)
        if self.server.tag:
            self.send_header("ETag", self.server.tag)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if body:
            self.wfile.write(content[start:])

    def _answer(self, body: bool) -> None:
        headers = [self.headers.get(name) for name in ("Range", "If-Range", "Authorization")]
        self.server.asked.append(Asked(self.command, self.path, *headers))
        if location := self.server.redirects.get(self.path):
            self.send_response(302)
            self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif body and self.server.faults:
            self.server.faults.pop(0)(self)
        elif (content := self.server.files.get(self.path)) is not None:
            self.whole(content, body)
        else:
            self.send_error(404)

    def _start(self) -> int:
        asked, known = self.headers.get("Range"), self.headers.get("If-Range")
        if not asked or not self.server.resumes or (known and known != self.server.tag):
            return 0
        return int(asked.removeprefix("bytes=").rstrip("-"))


def status(code: int) -> Answer:
    """Answers with nothing but a status."""
    return lambda handler: handler.send_error(code)


def cut(after: int) -> Answer:
    """Hangs up after so many bytes of the body."""

    def answer(handler: Handler) -> None:
        content = handler.server.files[handler.path]
        start = handler._start()
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        handler.send_header("ETag", handler.server.tag)
        handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        handler.wfile.write(content[start : start + after])
        handler.wfile.flush()
        handler.connection.close()
        handler.close_connection = True

    return answer
