"""What doctor says of what it saw."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from smartbin import build, memory, notes
from tools.cli import app
from tools.device import advice, doctor
from tools.device.inside import Facts

NOON = 636_422_400


def desk(settings=None, prints=()):
    well = {"bin_id": "bank-7", "wifi_ssid": "city", "mqtt_host": "broker"}
    return {
        "version": build.VERSION,
        "boot": 1,
        "settings": {**well, **(settings or {})},
        "fingerprints": dict.fromkeys(prints, "00"),
    }


def image(**changes):
    mem = memory.Memory(epoch=1, boot=1, seq=5)
    mem.set_s = mem.last_s = NOON
    for name, value in changes.items():
        setattr(mem, name, value)
    return mem


def seen(told=None, mem=None, **changes):
    facts = {
        "machine": "Generic ESP32 module with ESP32",
        "micropython": "1.25.0",
        "heap_b": 120_000,
        "room_b": 900_000,
        "clock_s": NOON,
        "image": bytes(memory.save(mem or image())),
        "desk": told or desk(),
    }
    return Facts(**{**facts, **changes})


def test_a_healthy_device_has_nothing_wrong():
    assert list(doctor.wrong(seen(), NOON)) == []
    told = "\n".join(doctor.facts(seen()))
    assert "bin: bank-7" in told
    assert "last set 2020-03-02 00:00:00Z" in told


def test_a_product_image_has_no_file_system_for_anybody_and_nothing_wrong():
    assert list(doctor.wrong(seen(room_b=-1), NOON)) == []
    assert "of flash" not in "".join(doctor.facts(seen(room_b=-1)))


@pytest.mark.parametrize("memory_", [{"image": b""}, {"mem": image(set_s=0)}])
def test_a_device_whose_power_just_came_back_is_well(memory_):
    """So comes every one that is reset for the visit."""
    assert list(doctor.wrong(seen(**memory_), NOON)) == []
    assert any(
        "memory: empty" in line or "never" in line for line in doctor.facts(seen(**memory_))
    )


def failing():
    mem = image(fails=3)
    mem.outbox.lost = 12
    mem.notes.add("bad_key")
    return mem


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (seen(desk({"wifi_ssid": ""})), "wifi_ssid is empty: no report can go out"),
        (seen(desk({"mqtt_host": ""})), "mqtt_host is empty"),
        (seen(desk({"empty_mm": 9})), "Its settings cannot be used: empty_mm is 9"),
        (seen(desk({"mqtt_tls": 1})), "there is no CA on the device"),
        (seen(desk(prints=["cert"])), "Of certificate and key only one"),
        (seen({**desk(), "version": "0.0.1"}), "Its firmware is 0.0.1, here is"),
        (seen(heap_b=9000), "Only 9000 bytes of memory"),
        (seen(room_b=9000), "Only 9000 bytes of flash"),
        (seen(mem=image(ill=9)), "It is in safe mode"),
        (seen(clock_s=NOON + 4000), "Its clock is off by 4000 s"),
        (seen(mem=failing()), "The last 3 reports failed."),
        (seen(mem=failing()), "12 readings were lost"),
        (seen(mem=failing()), "bad_key (1 since the last report): the Wi-Fi network refused"),
    ],
)
def test_what_is_wrong_is_said(facts, sentence):
    assert any(sentence in line for line in doctor.wrong(facts, NOON))


def test_a_board_without_firmware_gets_one_sentence():
    bare = Facts("ESP32", "1.25.0", 1, 1, 0, b"", None)
    assert list(doctor.wrong(bare)) == [
        "No smartbin firmware is on it: run `smartbin deploy --board NAME`."
    ]
    assert len(list(doctor.facts(bare))) == 2


def test_troubles_are_told_in_words():
    mem = image(ill=2)
    mem.notes.add("reset", 0, 61)
    told = "\n".join(doctor.facts(seen(mem=mem)))
    assert "starts that went wrong since the last report: 2" in told
    assert "noted 61 s after a cold start: reset 0 (resets that nobody asked for)" in told


def test_a_board_mistyped_is_told_before_a_device_is_asked():
    done = CliRunner().invoke(app, ["doctor", "--board", "devkit", "--port", "/dev/none"])
    assert "did you mean devkit_v1" in str(done.exception)


def test_there_is_advice_for_every_trouble_that_a_node_notes():
    assert set(advice.ADVICE) == set(notes.NAMES)
