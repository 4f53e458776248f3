"""TLS of the SMTP servers: one certificate for the hosts of SES in all Regions, made at the start.

Nobody but the clients that are told to trusts it. The host that a client asks for says which Region it means:
all of them answer here.
"""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from aiosmtpd.smtp import Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from constructs_lib.regions import ses_regions
from local.inbound_names import inbound_host

_ASKED_FOR: Final = "asked_for"


def write_certificate(certificate: Path) -> None:
    """Write a certificate; its key is a file beside it, which `server_tls` finds."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Embedded AWS")])
    regions = ses_regions()
    hosts = [facts["smtp_host"] for facts in regions.values()] + [inbound_host(region) for region in regions]
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts if host]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key = _key(certificate)
    key.touch(mode=0o600)
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def server_tls(certificate: Path) -> ssl.SSLContext:
    """What a server with that certificate speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, _key(certificate))
    context.sni_callback = lambda connection, name, _: setattr(connection, _ASKED_FOR, name)
    return context


def asked_for(session: Session) -> str:
    """The host that the client asked for; empty without TLS, and when it did not say."""
    return getattr((session.ssl or {}).get("ssl_object"), _ASKED_FOR, None) or ""


def _key(certificate: Path) -> Path:
    return certificate.with_suffix(".key")
