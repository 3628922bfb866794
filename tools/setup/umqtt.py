"""umqtt.simple, the device's MQTT client: a pre-pip archive on PyPI, taken by its checksum."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile

from tools.errors import SetupError
from tools.setup.places import KEPT, Item, half_made, put

NAME, VERSION = "micropython-umqtt.simple", "1.3.4"
SHA256 = "b6a2520239e3992c63a7de9370ee9b3d9d27819a90359c521f1c0f7ccab8d12f"
LIB = KEPT / "lib"  # belongs on MICROPYPATH
PLACE = LIB / "umqtt" / "simple.py"
_STAMP = LIB / "umqtt.sha256"
_MEMBER = f"{NAME}-{VERSION}/umqtt/simple.py"


def set_up() -> Item:
    """Finds or fetches umqtt/simple.py under .tools/lib."""
    if PLACE.is_file() and _STAMP.is_file() and _STAMP.read_text() == SHA256:
        return Item("umqtt.simple", VERSION, PLACE)
    unpack(_fetch(), SHA256)
    return Item("umqtt.simple", VERSION, PLACE, "downloaded, checksum right")


def unpack(archive: bytes, sha256: str) -> None:
    """Puts the archive's one module in its place; refuses another checksum before opening it."""
    got = hashlib.sha256(archive).hexdigest()
    if got != sha256:
        raise SetupError(
            f"{NAME} {VERSION} is not the archive that this project was tried with: its SHA-256 "
            f"is {got}, not {sha256}. Nothing was unpacked. Look at the package index that pip "
            "uses here."
        )
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        member = tar.extractfile(_MEMBER)
        module = member.read() if member else b""
    with half_made() as scratch:
        (scratch / "simple.py").write_bytes(module)
        (scratch / "stamp").write_text(sha256)
        put(scratch / "simple.py", PLACE)
        put(scratch / "stamp", _STAMP)


def _fetch() -> bytes:
    """The archive, from the index that pip is set to."""
    from unearth import PackageFinder

    try:
        finder = PackageFinder(index_urls=_indexes())
        best = finder.find_best_match(f"{NAME}=={VERSION}").best
        if best is None or best.link is None:
            raise LookupError("the index does not list it")
        answer = finder.session.get(best.link.normalized)
        answer.raise_for_status()
    except Exception as error:  # the network's errors are many and of several libraries
        raise SetupError(
            f"{NAME} {VERSION} cannot be downloaded: {error}. Check the network and pip's "
            "settings, then run `make setup` again."
        ) from None
    return answer.content


def _indexes() -> list[str]:
    """pip's index where one is set (the last line wins, as in pip); none means PyPI."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        check=False,
        capture_output=True,
        text=True,
    ).stdout
    set_to = [
        line.partition("=")[2].strip("'\"")
        for line in listed.splitlines()
        if ".index-url=" in line
    ]
    return set_to[-1:]
