"""The fleet's own certificate authority: one key, EC P-256, that signs the broker and the bins.

Its certificate goes to every bin, so it is made once.  Nothing here makes it anew in silence.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tools.errors import UserError
from tools.provision import files, papers
from tools.provision.papers import Key, Paper

NAME = "smartbin CA"
CA_DAYS = 7300  # twenty years: a new one means a visit to every bin
BROKER_DAYS = 1825
SOON_DAYS = 90  # from then on every run says that a certificate nears its end
_EARLIER = timedelta(days=1)  # clocks differ


def open_or_make(folder: Path, first: bool) -> Paper:
    """The CA of the folder; made where this is its first run.  Raises UserError where it is lost
    or over: a new one is something to decide, since every bin trusts the old one."""
    certificate, key = folder / "ca.crt", folder / "ca.key"
    if first and not certificate.exists():
        # A run may have ended between the two; the key is what makes it the same CA.
        paper = make(papers.key_in(key) if key.exists() else None)
        files.put(key, paper.key_pem)
        files.put(certificate, paper.pem, files.OPEN)
        return paper
    paper = papers.load(certificate, key)
    if paper.days_left < 0:
        raise UserError(
            f"The CA in {folder} is over, and bins trust no other: "
            "begin a new folder and write every bin anew."
        )
    return paper


def der(folder: Path) -> bytes:
    """The CA's certificate as bins store it; its key may be in a safe."""
    return papers.certificate_in(folder / "ca.crt").public_bytes(Encoding.DER)


def make(key: Key | None = None) -> Paper:
    """A new CA, which signs itself; with that key, or one of its own."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = named(NAME)
    found = (
        blank(NAME, name, key, datetime.now(UTC) + timedelta(days=CA_DAYS))
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


def _signed(
    ca: Paper,
    name: str,
    end: datetime,
    purpose: x509.ObjectIdentifier,
    names: x509.SubjectAlternativeName | None,
) -> Paper:
    key = ec.generate_private_key(ec.SECP256R1())
    found = (
        blank(name, ca.certificate.subject, key, end)
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


def blank(
    name: str, issuer: x509.Name, key: Key, end: datetime, begin: datetime | None = None
) -> x509.CertificateBuilder:
    """What every certificate has, from a day ago on where nothing else is said."""
    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin or datetime.now(UTC) - _EARLIER)
        .not_valid_after(end)
    )


def named(name: str) -> x509.Name:
    """A subject of that common name."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
