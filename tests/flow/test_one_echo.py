"""One echo from the pin to the bytes on the wire, step by step, against a golden file.

After a change that is meant, `.venv/bin/python -m tests.flow.test_one_echo` writes the file anew:
read the difference before it is committed.
"""

from __future__ import annotations

import json
import socket
import tempfile
import threading
from pathlib import Path

import pytest

from sim.device import Device
from sim.run import BinRun
from sim.scenario import load
from sim.vm import Vm
from smartbin import config, echo, events, fill, memory, report, sensors
from smartbin.senses import Senses
from tools import boards
from tools.errors import SetupError
from tools.setup import vm32

HERE = Path(__file__).parent
GOLDEN = HERE / "one_echo.txt"
SCENARIO = HERE / "one_echo.toml"
_NAMES = {1: "CONNECT", 3: "PUBLISH", 8: "SUBSCRIBE", 14: "DISCONNECT"}
SETTINGS = {"mqtt_host": "broker", "wifi_ssid": "city-bins", "wifi_key": "rain-on-the-lid"}


class HalfFull:
    """A bin that is always at 43 %."""

    emptied_ms = ()

    def level_pct(self, t_ms: int) -> float:
        return 43.0


class Replay:
    """A sonar that hears what the twin's heard, in air of 20 C, and all the time in the world."""

    sensor = sensors.find("jsn_sr04t_v3")

    def __init__(self, echoes: list[int]) -> None:
        self._echoes = echoes
        self.heard: list[int] = []

    def __enter__(self) -> Replay:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def air_dc(self) -> int:
        return 200

    def ping(self) -> int:
        self.heard.append(self._echoes[len(self.heard)])
        return self.heard[-1]

    def trouble(self) -> None:
        return None

    def left_ms(self) -> int:
        return 9000


class Recorder(threading.Thread):
    """A broker for one session: says yes to everything, passes every message back to its sender,
    and keeps every packet that it is sent."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(20)
        self.port = self._server.getsockname()[1]
        self.packets: list[bytes] = []

    def run(self) -> None:
        with self._server, self._server.accept()[0] as peer, peer.makefile("rb") as stream:
            while packet := self._packet(stream):
                self.packets.append(packet)
                if packet[0] >> 4 == 1:
                    peer.sendall(b"\x20\x02\0\0")
                elif packet[0] >> 4 == 3:
                    peer.sendall(b"\x40\x02" + self._pid(packet) + bytes([0x32]) + packet[1:])
                elif packet[0] >> 4 == 8:
                    peer.sendall(b"\x90\x03" + packet[2:4] + b"\1")
                elif packet[0] >> 4 == 4:
                    self.packets.pop()  # our message back was acknowledged

    @staticmethod
    def _packet(stream) -> bytes:
        head = stream.read(1)
        if not head:
            return b""
        size = shift = 0
        while True:
            byte = stream.read(1)
            head += byte
            size |= (byte[0] & 127) << shift
            shift += 7
            if byte[0] < 128:
                return head + stream.read(size)

    @staticmethod
    def _pid(packet: bytes) -> bytes:
        at = 1 + sum(1 for b in packet[1:5] if b > 127) + 1
        topic = int.from_bytes(packet[at : at + 2], "big")
        return packet[at + 2 + topic : at + 4 + topic]


def walk() -> list[str]:
    """The transcript: what each station of the way makes of the echo."""
    recorder = Recorder()
    recorder.start()
    with tempfile.TemporaryDirectory() as flash, Vm("firebeetle2_esp32e") as vm:
        device = _device(recorder.port, flash)
        frame = device.frame()
        answer, rtc = vm.wake(frame, device.rtc)
    recorder.join(20)
    return [
        *_inside(json.loads(frame)["echoes"]),
        *_outside(recorder.packets),
        *_after(answer, rtc),
    ]


def _device(port: int, flash: str) -> Device:
    city = {
        "settings": SETTINGS,
        "flash": flash,
        "net": {
            "names": {"broker": "10.0.0.2", "pool.ntp.org": "10.0.0.3"},
            "hosts": {"10.0.0.2:1883": ("127.0.0.1", port)},
            "time": True,
        },
    }
    one = BinRun(0, "golden", "", HalfFull())
    return Device(load(SCENARIO), boards.load("firebeetle2_esp32e"), one, city)


def _inside(echoes: list[int]) -> list[str]:
    """The same functions as in the node, one after the other."""
    cfg, mem, now_s = config.check({}), memory.Memory(), 636_422_400
    sonar = Replay(echoes)
    sounding = echo.settle(sonar, cfg, mem, sonar)
    level = fill.estimate(sounding, cfg, mem, now_s)
    news = events.judge(level, sounding, Senses(3600, 0, 0), cfg, mem, now_s)
    row = report.pack(report.reading(0, now_s, 2, sounding, level, False, mem.events.pop()))
    return [
        f"echo pin     {echoes[: len(sonar.heard)]} us",
        f"echo.settle  {sounding}",
        f"fill         {level}",
        f"events       {news}",
        f"report.pack  {row.hex(' ')}",
    ]


def _outside(packets: list[bytes]) -> list[str]:
    lines = []
    for packet in packets:
        kind = _NAMES[packet[0] >> 4]
        lines += [f"wire         {kind} {len(packet)} bytes", f"             {packet!r}"]
    return lines


def _after(answer: dict, rtc: bytes) -> list[str]:
    mem = memory.load(rtc)
    assert mem is not None
    return [
        f"memory       outbox {len(mem.outbox)}, next number {mem.seq}, told {mem.told_pct} %",
        f"nap          {answer['how']} {answer['sleep_ms']} ms, awake {answer['up_ms']} ms",
    ]


def test_one_echo_from_the_pin_to_the_wire() -> None:
    assert walk() == GOLDEN.read_text().splitlines()


def test_it_comes_out_the_same_with_narrow_numbers_and_frozen_modules(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    try:
        vm32.find()
    except SetupError as error:
        pytest.skip(str(error))
    monkeypatch.setenv("MICROPYTHON", str(vm32.LAUNCHER))
    assert walk() == GOLDEN.read_text().splitlines()


if __name__ == "__main__":
    GOLDEN.write_text("\n".join(walk()) + "\n")
