"""What a bin shows to the broker: a password, or a key with a certificate; each bin its own."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

from tools.provision.authority import for_bin
from tools.provision.ledger import fingerprint
from tools.provision.papers import Paper

PASSWORD, CERTIFICATE = "password", "certificate"
KINDS = (PASSWORD, CERTIFICATE)
_BYTES = 24  # 192 random bits


@dataclass(frozen=True, repr=False)  # it shows in no traceback
class Identity:
    """Credentials of one bin: the password, or certificate and key in DER."""

    password: str = ""
    certificate: bytes = b""
    key: bytes = b""
    serial: int = 0  # of the certificate

    @property
    def facts(self) -> dict[str, str]:
        """What the ledger says of it."""
        if self.password:
            return {"identity": PASSWORD, "fingerprint": fingerprint(self.password.encode())}
        print_ = fingerprint(self.certificate)
        return {"identity": CERTIFICATE, "fingerprint": print_, "serial": f"{self.serial:x}"}

    def told(self) -> dict[str, str]:
        """For the file that is kept of it."""
        if self.password:
            return {"password": self.password}
        both = {"cert": self.certificate, "key": self.key}
        told = {name: base64.b64encode(data).decode() for name, data in both.items()}
        return {**told, "serial": f"{self.serial:x}"}


def make(kind: str, name: str, ca: Paper) -> Identity:
    """New credentials for a bin."""
    if kind == PASSWORD:
        return Identity(secrets.token_urlsafe(_BYTES))
    paper = for_bin(ca, name)
    return Identity("", paper.der, paper.key_der, paper.certificate.serial_number)


def kept(told: dict[str, str]) -> Identity:
    """From what `told` made.  Raises KeyError or ValueError for anything else."""
    if "password" in told:
        return Identity(told["password"])
    cert, key = (base64.b64decode(told[name], validate=True) for name in ("cert", "key"))
    return Identity("", cert, key, int(told["serial"], 16))
