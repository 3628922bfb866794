"""A small certificate authority (EC P-256) for the brokers and bins of scenarios and tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from tools.provision.authority import blank, named
from tools.provision.papers import Paper


class Authority:
    """Signs certificates; its own is what a bin stores as "ca"."""

    def __init__(self, name: str = "smartbin test CA"):
        key = ec.generate_private_key(ec.SECP256R1())
        found = blank(name, named(name), key, _days(3650), _days(-3650))
        found = found.add_extension(x509.BasicConstraints(True, 0), critical=True)
        self.own = Paper(found.sign(key, hashes.SHA256()), key)

    def issue(self, name: str, first_day: float = -1, last_day: float = 30) -> Paper:
        """A certificate for a broker's host or a bin; days are counted from now.

        A broker's name stands where today's clients look (the alternative name) and in the CN.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        found = (
            blank(name, self.own.certificate.subject, key, _days(last_day), _days(first_day))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(False, None), critical=True)
            .add_extension(x509.ExtendedKeyUsage(both), critical=False)
        )
        return Paper(found.sign(self.own.key, hashes.SHA256()), key)


def _days(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)
