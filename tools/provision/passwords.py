"""The password file of a mosquitto 2 (docs/broker.md): who may enter."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping

# mosquitto_passwd 2.0: "$7$", PBKDF2-SHA512, 101 rounds, 12 bytes of salt, 64 of hash.  Few rounds
# are enough: what is hashed here has 192 random bits.
_KIND, _ROUNDS, _SALT_BYTES, _HASH_BYTES = "7", 101, 12, 64


def entry(user: str, password: str, salt: bytes | None = None, rounds: int = _ROUNDS) -> str:
    """The line of the password file, as mosquitto_passwd would write it."""
    salt = secrets.token_bytes(_SALT_BYTES) if salt is None else salt
    found = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds, _HASH_BYTES)
    texts = (base64.b64encode(data).decode() for data in (salt, found))
    return f"{user}:${_KIND}${rounds}${'$'.join(texts)}"


def fits(line: str, password: str) -> bool:
    """Is the line that password's?"""
    user, _, rest = line.partition(":")
    try:
        _, kind, rounds, salt, _ = rest.split("$")
        again = entry(user, password, base64.b64decode(salt, validate=True), int(rounds))
    except ValueError:
        return False
    return kind == _KIND and hmac.compare_digest(again.encode(), line.encode())


def merged(old: str, users: Mapping[str, str], gone: Collection[str] = ()) -> str:
    """The password file with these users (name -> password); lines that are right stay as they
    are, and so do users that somebody added by hand; `gone` names those to leave out."""
    lines = {line.partition(":")[0]: line for line in old.splitlines() if line.strip()}
    for name in gone:
        lines.pop(name, None)
    for user, password in users.items():
        if not fits(lines.get(user, ""), password):
            lines[user] = entry(user, password)
    return "".join(f"{line}\n" for line in lines.values())
