"""A certificate that nobody signed: good enough for a phone in the same network to be given its camera."""

import ipaddress
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from meet.env import lan_address

VALID_FOR = timedelta(days=397)  # the longest that browsers take from a server certificate
RENEW_BEFORE = timedelta(days=14)


def certificate(directory: Path) -> tuple[Path, Path]:
    """Certificate and key of this machine's names, made when there are none that fit."""
    cert, key = directory / "self-signed.crt", directory / "self-signed.key"
    names = _names()
    if not (cert.exists() and key.exists() and _fits(cert.read_bytes(), names)):
        private = ec.generate_private_key(ec.SECP256R1())
        _write(key, _pem_of(private))
        _write(cert, _sign(private, names).public_bytes(serialization.Encoding.PEM))
    return cert, key


def _names() -> list[x509.GeneralName]:
    addresses = {"127.0.0.1", "::1", lan_address()}
    hosts = {"localhost", socket.gethostname()}
    return [
        *(x509.DNSName(host) for host in sorted(hosts)),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in sorted(addresses)),
    ]


def _fits(pem: bytes, names: list[x509.GeneralName]) -> bool:
    try:
        made = x509.load_pem_x509_certificate(pem)
        covered = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    return list(covered) == names and made.not_valid_after_utc > datetime.now(UTC) + RENEW_BEFORE


def _sign(private: ec.EllipticCurvePrivateKey, names: list[x509.GeneralName]) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Meet")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )


def _pem_of(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
