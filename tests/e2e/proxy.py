"""The sandbox's API server by way of a proxy, which can be made to answer badly or not at all."""

import base64
import json
import random
import socket
import ssl
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from http.client import HTTPResponse, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import yaml

import sandbox

FAULTS = ("429", "503", "slow")
OWN_HEADERS = {"connection", "content-length", "transfer-encoding"}


class Proxy:
    """Within its block: bad answers to a share `rate` of requests, `slow` seconds where it is late; else the server's.

    `away` closes its port, `back` opens it again.
    """

    def __init__(self, rate: float = 0, slow: float = 0.5) -> None:
        self.rate, self.slow, self.answers = rate, slow, Counter[str]()
        self._faults, self._chance, self._lock = cycle(FAULTS), random.Random(7), threading.Lock()
        self._server: _Server | None = None
        self._port = 0

    def __enter__(self) -> "Proxy":
        self.back()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.away()

    def back(self) -> None:
        """Listen."""
        self._server = _Server(self, self._port)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def away(self) -> None:
        """Refuse connections."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
        self._server = None

    def kubeconfig(self) -> str:
        """The way to it; whoever comes is the administrator."""
        cluster = {"name": "proxy", "cluster": {"server": f"http://127.0.0.1:{self._port}"}}
        context = {"name": "proxy", "context": {"cluster": "proxy", "user": "proxy"}}
        users = [{"name": "proxy", "user": {}}]
        config = {"clusters": [cluster], "users": users, "contexts": [context], "current-context": "proxy"}
        return json.dumps({"apiVersion": "v1", "kind": "Config", **config})

    def fault(self) -> str | None:
        """What is to go wrong with the next answer, if anything."""
        with self._lock:
            found = next(self._faults) if self._chance.random() < self.rate else None
            self.answers[found or "well"] += 1
        return found


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, proxy: Proxy, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.proxy, config = proxy, yaml.safe_load(sandbox.kubeconfig().read_text())
        address = urlsplit(config["clusters"][0]["cluster"]["server"])
        self.host, self.port = str(address.hostname), address.port or 443
        self.tls = _tls(config)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # who asked has gone
            self.close_connection = True

    def _pass(self) -> None:
        fault = self.server.proxy.fault()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if fault == "slow":
            time.sleep(self.server.proxy.slow)
        elif fault:
            return self._refuse(int(fault))
        if "Upgrade" in self.headers:
            return self._join()
        with closing(HTTPSConnection(self.server.host, self.server.port, context=self.server.tls)) as upstream:
            upstream.request(self.command, self.path, body, dict(self.headers))
            with upstream.getresponse() as response:
                self._answer(response)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _pass

    def _refuse(self, status: int) -> None:
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"busy")

    def _answer(self, response: HTTPResponse) -> None:
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in OWN_HEADERS:
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        while part := response.read1(65536):
            self.wfile.write(part)
            self.wfile.flush()

    def _join(self) -> None:
        """Hand an upgraded connection through."""
        plain = socket.create_connection((self.server.host, self.server.port))
        with plain, self.server.tls.wrap_socket(plain) as upstream:
            upstream.sendall(f"{self.requestline}\r\n{self.headers}".encode())
            back = threading.Thread(target=_copy, args=(upstream, self.connection))
            back.start()
            _copy(self.connection, upstream)
            back.join()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # either side has closed
        return


def _tls(config: dict[str, Any]) -> ssl.SSLContext:
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    context = ssl.create_default_context(cadata=authority)
    context.check_hostname = False
    with tempfile.TemporaryDirectory() as folder:
        for name in ("client-certificate-data", "client-key-data"):
            Path(folder, name).write_bytes(base64.b64decode(user[name]))
        context.load_cert_chain(Path(folder, "client-certificate-data"), Path(folder, "client-key-data"))
    return context
