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
    """`files`: path to content. `faults`: what the next GETs of paths with `failing` are answered with instead,
    one each; `redirects` and `statuses`: what a path is always answered with; `api`: what is
    computed from a path and its query; `headers`: of every answer with content."""

    daemon_threads = True
    resumes = True
    tag = '"1"'
    failing = ""

    def __init__(self, certificate: Path, address: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((address, port), Handler)
        self.files: dict[str, bytes] = {}
        self.faults: list[Answer] = []
        self.redirects: dict[str, str] = {}
        self.statuses: dict[str, int] = {}
        self.api: Callable[[str], bytes | None] = lambda path: None
        self.headers: dict[str, str] = {}
        self.asked: list[Asked] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.with_suffix(".crt"), certificate.with_suffix(".key"))
        self.socket = context.wrap_socket(self.socket, server_side=True)
        Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

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

    def head(self, content: bytes) -> bytes:
        """Sends the headers of what is asked of `content`; what is left to send."""
        span = self._span()
        part = content[slice(*span)] if span else content
        self.send_response(206 if span else 200)
        if self.server.tag:
            self.send_header("ETag", self.server.tag)
        if span:
            self.send_header("Content-Range", f"bytes {span[0]}-{span[0] + len(part) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(part)))
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        return part

    def _answer(self, body: bool) -> None:
        headers = [self.headers.get(name) for name in ("If-Range", "Authorization")]
        self.server.asked.append(Asked(self.command, self.path, self._range(), *headers))
        content = self.server.api(self.path) or self.server.files.get(self.path.partition("?")[0])
        if location := self.server.redirects.get(self.path):
            self.send_response(302)
            self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif code := self.server.statuses.get(self.path):
            self.send_error(code)
        elif body and self.server.faults and self.server.failing in self.path:
            self.server.faults.pop(0)(self)
        elif content is not None:
            rest = self.head(content)
            if body:
                self.wfile.write(rest)
        else:
            self.send_error(404)

    def _range(self) -> str | None:
        return self.headers.get("Range") or self.headers.get("x-ms-range")

    def _span(self) -> tuple[int, int | None] | None:
        """The bytes that are asked for, if not all."""
        asked, known = self._range(), self.headers.get("If-Range")
        if not asked or not self.server.resumes or (known and known != self.server.tag):
            return None
        first, _, last = asked.removeprefix("bytes=").partition("-")
        return int(first), int(last) + 1 if last else None


def status(code: int) -> Answer:
    """Answers with nothing but a status."""
    return lambda handler: handler.send_error(code)


def cut(after: int) -> Answer:
    """Hangs up after so many bytes of the body."""

    def answer(handler: Handler) -> None:
        rest = handler.head(handler.server.files[handler.path.partition("?")[0]])
        handler.wfile.write(rest[:after])
        handler.wfile.flush()
        handler.connection.close()
        handler.close_connection = True

    return answer
