# NVS: settings, and the few numbers that must outlive a battery change.
import esp32
import json
from micropython import const

_SPACE = "smartbin"
_ROOM = const(1900)  # a blob larger than this does not fit beside its successor in a page of 4000
_NOT_FOUND = const(-0x1102)  # ESP_ERR_NVS_NOT_FOUND


def settings():
    """The stored settings as a dictionary, {} where there are none.  ValueError for rubbish."""
    buf = bytearray(_ROOM)
    try:
        size = esp32.NVS(_SPACE).get_blob("settings", buf)
    except OSError as e:
        if e.errno != _NOT_FOUND:
            raise ValueError("settings cannot be read: %s" % e)
        return {}
    found = json.loads(bytes(buf[:size]))
    if not isinstance(found, dict):
        raise ValueError("settings are not a table")
    return found


def number(key):
    """A number that was put there, or 0."""
    try:
        return esp32.NVS(_SPACE).get_i32(key)
    except OSError:
        return 0


def put(**numbers):
    nvs = esp32.NVS(_SPACE)
    for key, number in numbers.items():
        nvs.set_i32(key, number)
    nvs.commit()
