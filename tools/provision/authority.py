"""The fleet's own certificate authority: one key, EC P-256, that signs the broker and the bins.

Its certificate goes to every bin, so it is made once.  Nothing here makes it anew in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tools.errors import UserError
from tools.provision import files

NAME = "smartbin CA"
CA_DAYS = 7300  # twenty years: a new one means a visit to every bin
BROKER_DAYS = 1825
SOON_DAYS = 90  # from then on every run says that a certificate nears its end
_EARLIER = timedelta(days=1)  # clocks differ

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Paper:
    """A certificate and its key."""

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
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        secret = serialization.load_pem_private_key(key.read_bytes(), None)
    except OSError as e:
        raise UserError(f"{e.filename} cannot be read: {e.strerror}.") from None
    except (ValueError, TypeError):
        raise UserError(f"{certificate} or {key} is broken; restore both from a copy.") from None
    if not isinstance(secret, ec.EllipticCurvePrivateKey) or _differ(found, secret):
        raise UserError(f"{key} is not the key of {certificate}; restore both from a copy.")
    return Paper(found, secret)


def _differ(certificate: x509.Certificate, key: Key) -> bool:
    return certificate.public_key() != key.public_key()


def open_or_make(folder: Path, first: bool) -> Paper:
    """The CA of the folder; made where this is its first run.  Raises UserError where it is lost
    or over: a new one is something to decide, since every bin trusts the old one."""
    certificate, key = folder / "ca.crt", folder / "ca.key"
    if not first or certificate.exists() or key.exists():
        paper = load(certificate, key)
        if paper.days_left < 0:
            raise UserError(
                f"The CA in {folder} is over, and bins trust no other: "
                "begin a new folder and write every bin anew."
            )
        return paper
    paper = make()
    files.put(key, paper.key_pem)
    files.put(certificate, paper.pem, files.OPEN)
    return paper


def make() -> Paper:
    """A new CA, which signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(NAME)
    found = (
        _blank(NAME, name, key, datetime.now(UTC) + timedelta(days=CA_DAYS))
        .add_extension(x509.BasicConstraints(True, 0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
    )
    return Paper(found.sign(key, hashes.SHA256()), key)


def for_broker(ca: Paper, host: str, days: int = BROKER_DAYS) -> Paper:
    """A certificate for the broker under the name that bins call it by."""
    end = datetime.now(UTC) + timedelta(days=days)
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    return _signed(ca, host, end, ExtendedKeyUsageOID.SERVER_AUTH, names)


def for_bin(ca: Paper, name: str) -> Paper:
    """A certificate for one bin; it lasts as long as the CA."""
    end = ca.certificate.not_valid_after_utc
    return _signed(ca, name, end, ExtendedKeyUsageOID.CLIENT_AUTH, None)


def withdrawn(ca: Paper, serials: list[int]) -> bytes:
    """The list (PEM) of the bins' certificates that a broker must refuse from now on.

    It lasts as long as the CA: a broker whose list is over refuses everybody.
    """
    now = datetime.now(UTC)
    made = x509.CertificateRevocationListBuilder().issuer_name(ca.certificate.subject)
    made = made.last_update(now - _EARLIER).next_update(ca.certificate.not_valid_after_utc)
    for serial in serials:
        one = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
        made = made.add_revoked_certificate(one.build())
    return made.sign(ca.key, hashes.SHA256()).public_bytes(Encoding.PEM)


def listed(pem: bytes) -> set[int]:
    """The serial numbers on such a list."""
    return {one.serial_number for one in x509.load_pem_x509_crl(pem)}


def _signed(
    ca: Paper,
    name: str,
    end: datetime,
    purpose: x509.ObjectIdentifier,
    names: x509.SubjectAlternativeName | None,
) -> Paper:
    key = ec.generate_private_key(ec.SECP256R1())
    found = (
        _blank(name, ca.certificate.subject, key, end)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    )
    if names:
        found = found.add_extension(names, critical=False)
    return Paper(found.sign(ca.key, hashes.SHA256()), key)


def _usage(signs: bool) -> x509.KeyUsage:
    """What the key is for: signing certificates and lists, or handshakes."""
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _blank(name: str, issuer: x509.Name, key: Key, end: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - _EARLIER)
        .not_valid_after(end)
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
