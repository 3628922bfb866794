"""A certificate and its key, in files and as bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tools.errors import UserError

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, repr=False)
class Paper:
    """Both halves."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        """The certificate as a bin stores it."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate as a broker wants it."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_der(self) -> bytes:
        """The key as a bin stores it."""
        return self.key.private_bytes(
            Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()
        )

    @property
    def key_pem(self) -> bytes:
        """The key as a broker wants it."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def days_left(self) -> int:
        """Whole days until it ends; negative after that."""
        return (self.certificate.not_valid_after_utc - datetime.now(UTC)).days


def load(certificate: Path, key: Path) -> Paper:
    """The two halves from PEM files.  Raises UserError unless they are there and fit."""
    paper = Paper(certificate_in(certificate), key_in(key))
    if paper.certificate.public_key() != paper.key.public_key():
        raise UserError(f"{key} is not the key of {certificate}; restore both from a copy.")
    return paper


def certificate_in(path: Path) -> x509.Certificate:
    """The one in a PEM file.  Raises UserError."""
    try:
        return x509.load_pem_x509_certificate(_bytes(path))
    except ValueError:
        raise UserError(f"{path} is no certificate; restore it from a copy.") from None


def key_in(path: Path) -> Key:
    """The one in a PEM file.  Raises UserError."""
    try:
        found = serialization.load_pem_private_key(_bytes(path), None)
    except (ValueError, TypeError):  # TypeError: it wants a passphrase
        found = None
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise UserError(f"{path} is no key of ours; restore it from a copy.")
    return found


def listed(path: Path) -> set[int]:
    """The serial numbers on a list (PEM) of withdrawn certificates.  Raises UserError."""
    try:
        return {one.serial_number for one in x509.load_pem_x509_crl(_bytes(path))}
    except ValueError:
        raise UserError(f"{path} is no list of certificates; restore it from a copy.") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        raise UserError(f"{path} cannot be read: {e.strerror}; restore it from a copy.") from None
