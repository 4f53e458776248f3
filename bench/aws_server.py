"""S3 and SES for measurements: an HTTPS server, as the real ones are, in a process of its own.

``python -m bench.aws_server FOLDER`` prints its port. A key is a file of the folder; what is written is read
to its end and forgotten.
"""

import ssl
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_PIECE = 1 << 20
_COPIED = b'<CopyObjectResult><ETag>"1"</ETag></CopyObjectResult>'
CERTIFICATE = "certificate.pem"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = Path()

    def do_GET(self) -> None:
        path = self.folder / Path(unquote(urlsplit(self.path).path)).name
        body = path.read_bytes()
        self._answer(body)

    def do_PUT(self) -> None:
        self._read()
        self._answer(_COPIED if "x-amz-copy-source" in self.headers else b"")

    def do_POST(self) -> None:
        self._read()
        self._answer(b'{"MessageId": "sent"}')

    def _read(self) -> None:
        if self.headers["Transfer-Encoding"] != "chunked":
            self._skip(int(self.headers["Content-Length"]))
            return
        while size := int(self.rfile.readline(), 16):
            self._skip(size + 2)
        self.rfile.readline()

    def _skip(self, left: int) -> None:
        while left:
            left -= len(self.rfile.read(min(left, _PIECE)))

    def _answer(self, body: bytes) -> None:
        # Headers and body together: two small packets would wait for each other.
        head = f'HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nETag: "1"\r\n\r\n'
        self.wfile.write(head.encode() + body)

    def log_message(self, *_: object) -> None:
        pass


def _certificate(folder: Path) -> Path:
    """A certificate and its key in one file, which clients are told to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / CERTIFICATE
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


if __name__ == "__main__":
    _Handler.folder = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(_Handler.folder))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_port, flush=True)
    server.serve_forever()
