"""A store of models: `python -m bench.store_process ADDRESS CERTIFICATE KEY FOLDER` serves a folder by HTTPS.

Prints its port once it answers.
"""

import ssl
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


def main(address: str, certificate: str, key: str, folder: str) -> None:
    """Serve until killed."""
    server = ThreadingHTTPServer((address, 0), partial(SimpleHTTPRequestHandler, directory=folder))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
