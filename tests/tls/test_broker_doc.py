"""docs/broker.md: what it shows is what the other tests run, and its commands work."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim import places
from sim.mosquitto import free_port
from smartbin import clock, echo, events, installed, memory, notes, report
from tests.tls import mosquitto
from tests.tls.mosquitto import DOC, FOLDER, STATE, Ports

PAGE = DOC.read_text()


def test_the_tests_configuration_is_the_pages_but_for_folders_and_ports(tmp_path):
    page = mosquitto.block("conf")
    ours = mosquitto.filled(tmp_path, Ports(11, 22)).removesuffix("user root\n")
    back = ours.replace("listener 11 127.0.0.1", "listener 8883").replace("22 1", "1883 1")
    back = back.replace(f"{tmp_path}/\n", f"{STATE}/\n").replace(str(tmp_path), FOLDER)
    assert back == page
    assert "/etc/" not in ours and "/var/" not in ours


def test_an_option_is_changed_in_its_place_or_not_at_all(tmp_path):
    text = mosquitto.filled(tmp_path, Ports(1, 2), require_certificate="true")
    assert "require_certificate true\nmax_connections" in text
    assert text.count("require_certificate") == 1
    with pytest.raises(ValueError, match="not enough values"):
        mosquitto.filled(tmp_path, Ports(1, 2), no_such_option="1")


def test_every_reason_of_tls_is_explained():
    table = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.M))
    of_tls = {name for name in notes.NAMES if name.startswith("tls")}
    assert table == of_tls | {"settings", "login", "acl"}
    assert table <= set(notes.NAMES)


def test_the_longest_report_passes_the_limits():
    row = report.Reading(
        0xFFFF_FFFF,
        0x7FFF_FFFF,
        clock.SET,
        100,
        100,
        100,
        65_535,
        255,
        4,
        echo.OK,
        15,
        15,
        -128,
        1,
        1,
        3,
    )
    gap = (0xFFFF_FFF0, 0xFFFF_FFFF)
    told = [(name, 255) for name in notes.NAMES]
    numbers = (0xFFFF_FFFF, 0xFFFF_FFFF, 3600, -100, 0xFFFF_FFFF, 0xFFFF_FFFF)
    standing = [row[0] for row in events.TABLE]
    news = [("battery_critical", 1, 0xFFFF_FFFF)] * memory.ROOM
    emptied = (100, 100, "medium", "level", 0xFFFF_FFFF, 0xFFFF_FFFF)
    now = report.Bin(standing, news, emptied, None, (9999, "medium"), -128)
    told_once = installed.Record(
        1, 2**31, *[10_000] * 5, 255, 255, 255, -128, 65_535, *[65_535] * 2, longest_reasons()
    )
    head = report.Header("x" * 24, *numbers, gap, told, now, 9_999_999, told_once)
    longest = len(report.encode(head, [row] * memory.ROOM))
    (limit,) = re.findall(r"^message_size_limit (\d+)$", PAGE, re.M)
    (packet,) = re.findall(r"^max_packet_size (\d+)$", PAGE, re.M)
    assert longest < 6144 < int(limit) < int(packet)


def longest_reasons():
    """As many as a record keeps, the longest names of all."""
    keys = sorted((key for key, _ in installed.REASONS), key=len, reverse=True)
    return tuple(keys[:16])


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
def test_the_commands_make_papers_that_a_broker_and_a_bin_can_use(bin_at, tmp_path):
    folder = tmp_path / "papers"
    folder.mkdir()
    certificates, der, _ = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.S | re.M)
    subprocess.run(
        ["sh", "-e", "-c", certificates + der], cwd=folder, check=True, capture_output=True
    )
    users = {"desk": "word", "city": "word"}
    own, ca = _Files(folder, "broker"), _Files(folder, "ca")
    settings = {"mqtt_host": "broker.city.example", "mqtt_password": "word"}
    at = tmp_path / "broker"
    at.mkdir()
    with mosquitto.running(
        at, ca, own, users, mosquitto.CHIP, require_certificate="true"
    ) as ports:
        one = bin_at(ports.tls, ca=ca.der, paper=_Files(folder, "bin-001"), **settings)
        one.net["names"] = {"broker.city.example": "10.0.0.2", "pool.ntp.org": "10.0.0.3"}
        assert (one.wake().noted, one.kept) == ([], [])


class _Files:
    """What the commands made, as a sim.authority.Paper has it."""

    def __init__(self, folder: Path, name: str):
        self._folder, self._name = folder, name

    def __getattr__(self, kind: str) -> bytes:
        suffix = {"pem": ".crt", "key_pem": ".key", "der": ".crt.der", "key_der": ".key.der"}[kind]
        if (self._name, kind) == ("ca", "der"):
            suffix = ".der"
        return (self._folder / (self._name + suffix)).read_bytes()


def test_the_broker_ends_with_the_test_even_if_that_is_killed(tmp_path):
    port = free_port()
    (tmp_path / "mosquitto.conf").write_text(f"listener {port} 127.0.0.1\n")
    (tmp_path / "openssl.cnf").touch()
    with subprocess.Popen(
        [sys.executable, "-c", _TEST, tmp_path], cwd=places.ROOT, stdout=subprocess.PIPE
    ) as test:
        assert test.stdout and test.stdout.readline() == b"here\n"
        assert _becomes(True, port)
        test.kill()
    assert _becomes(False, port)


_TEST = """
import pathlib, sys, time
from tests.tls import mosquitto
with mosquitto.started(pathlib.Path(sys.argv[1])):
    print("here", flush=True)
    time.sleep(60)
"""


def _becomes(listening: bool, port: int) -> bool:
    """Within five seconds, does somebody listen there, or nobody?"""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        with socket.socket() as probe:
            if (probe.connect_ex(("127.0.0.1", port)) == 0) == listening:
                return True
        time.sleep(0.02)
    return False


def test_the_page_names_the_tests_and_the_bench():
    for path in ("tests/tls", "tests/bench/herd.py"):
        assert (places.ROOT / path).exists()
