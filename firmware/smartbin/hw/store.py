# NVS: settings, and the few numbers that must outlive a battery change.
import esp32
import json
import os
from micropython import const

_SPACE = "smartbin"
ROOM = const(1900)  # a blob larger than this does not fit beside its successor in a page of 4000
_MOST = const(0x7FFF_0000)  # a number may grow, and set_i32 must still take it
_NOT_FOUND = const(-0x1102)  # ESP_ERR_NVS_NOT_FOUND


def blob(key, room=ROOM):
    """The bytes stored under key, b"" where there are none; OSError where NVS fails, or where
    they are more than room."""
    buf = bytearray(room)
    try:
        return bytes(buf[: esp32.NVS(_SPACE).get_blob(key, buf)])
    except OSError as e:
        if e.errno != _NOT_FOUND:
            raise
        return b""


def put_blob(key, data):
    nvs = esp32.NVS(_SPACE)
    nvs.set_blob(key, data)
    nvs.commit()


def drop(key):
    """Nothing is stored under key from now on."""
    nvs = esp32.NVS(_SPACE)
    try:
        nvs.erase_key(key)
    except OSError as e:
        if e.errno != _NOT_FOUND:
            raise
    nvs.commit()


def table(data):
    """Settings as a dictionary from their bytes; ValueError for rubbish."""
    found = json.loads(data)
    # json takes what is cut short for a table with less in it; tables in tables are not ours
    if not isinstance(found, dict) or not data.strip().endswith(b"}"):
        raise ValueError("settings are not a table")
    return found


def number(key):
    """A number that was put there, or 0 where there is none that can have been ours."""
    try:
        number = esp32.NVS(_SPACE).get_i32(key)
    except OSError:
        return 0
    return number if 0 <= number < _MOST else 0


def put(**numbers):
    nvs = esp32.NVS(_SPACE)
    for key, number in numbers.items():
        nvs.set_i32(key, number)
    nvs.commit()


def new_epoch():
    """What tells readings apart that have the same number, before and after NVS was lost."""
    return int.from_bytes(os.urandom(4), "big") >> 3 | 1
