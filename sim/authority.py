"""A small certificate authority (EC P-256) for the brokers and bins of scenarios and tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


class Paper(NamedTuple):
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """The certificate as a broker wants it."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The key as a broker wants it."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def der(self) -> bytes:
        """The certificate as a bin stores it."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def key_der(self) -> bytes:
        """The key as a bin stores it."""
        return self.key.private_bytes(
            Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()
        )


class Authority:
    """Signs certificates; its own is what a bin stores as "ca"."""

    def __init__(self, name: str = "smartbin test CA"):
        key = ec.generate_private_key(ec.SECP256R1())
        found = _blank(name, _name(name), key, -3650, 3650)
        found = found.add_extension(x509.BasicConstraints(True, 0), critical=True)
        self.own = Paper(found.sign(key, hashes.SHA256()), key)

    def issue(self, name: str, first_day: float = -1, last_day: float = 30) -> Paper:
        """A certificate for a broker's host or a bin; days are counted from now.

        A broker's name stands where today's clients look (the alternative name) and in the CN.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        found = (
            _blank(name, self.own.certificate.subject, key, first_day, last_day)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(False, None), critical=True)
            .add_extension(x509.ExtendedKeyUsage(both), critical=False)
        )
        return Paper(found.sign(self.own.key, hashes.SHA256()), key)


def _blank(
    name: str,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    first_day: float,
    last_day: float,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=first_day))
        .not_valid_after(now + timedelta(days=last_day))
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
