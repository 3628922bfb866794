# The ESP32's own module: NVS, what may end a deep sleep, flash partitions.
from binascii import a2b_base64, b2a_base64

import twin
import twin_flash

WAKEUP_ALL_LOW, WAKEUP_ANY_HIGH = False, True
HEAP_DATA, HEAP_EXEC = 4, 1

_KEY = 15  # longest name of a space or a key
_NOT_FOUND = -0x1102
_INVALID_NAME, _KEY_TOO_LONG = -0x1106, -0x1109
_INVALID_LENGTH = -0x110C


def wake_on_ext0(pin, level):
    twin.s.wake_pins = () if pin is None else _rtc_pins((pin,))


def wake_on_ext1(pins, level):
    twin.s.wake_pins = _rtc_pins(pins or ())


def wake_on_gpio(pins, level):
    """On the ESP32 and the S3 for light sleep only: deepsleep() then raises (facts 1.2)."""
    if twin.chip["name"] in ("esp32", "esp32s3"):
        twin.s.wake_refused = bool(pins)
    else:
        twin.s.wake_pins = _rtc_pins(pins or ())


def _rtc_pins(pins):
    for pin in pins:
        if pin.id not in twin.chip["wake"]:
            raise ValueError("invalid pin")
    return tuple([pin.id for pin in pins])


if twin.chip["name"] in ("esp32c3", "esp32c6"):
    del wake_on_ext0
if twin.chip["name"] == "esp32c3":
    del wake_on_ext1


def idf_heap_info(capabilities):
    """(total, free, largest block, least free so far) of each region; fixed, not simulated."""
    return [(180_000, 120_000, 100_000, 90_000)]


class NVS:
    """Numbers and blobs; what is not committed is lost.  A blob is text in the frame."""

    def __init__(self, namespace):
        twin.here()
        if not 0 < len(namespace) <= _KEY:
            raise OSError(_INVALID_NAME, "ESP_ERR_NVS_INVALID_NAME")
        self._name = namespace
        self._pending = {}  # key -> value, None where it was erased

    def set_i32(self, key, value):
        self._put(key, twin.word(value))

    def get_i32(self, key):
        return self._get(key, int)

    def set_blob(self, key, value):
        self._put(key, b2a_base64(value)[:-1].decode())

    def get_blob(self, key, buffer):
        value = a2b_base64(self._get(key, str))
        if len(value) > len(buffer):
            raise OSError(_INVALID_LENGTH, "ESP_ERR_NVS_INVALID_LENGTH")
        buffer[: len(value)] = value
        return len(value)

    def erase_key(self, key):
        self._get(key, object)
        self._pending[key] = None

    def commit(self):
        twin.here()
        space = twin.s.nvs.setdefault(self._name, {})
        twin.s.nvs_changed = True
        for key in sorted(self._pending):  # a cut leaves whole entries (facts 7.5)
            if twin.cut():
                twin.here()
            value = self._pending[key]
            twin_flash.program(32 if isinstance(value, int) else len(value or ""))
            if value is not None:
                space[key] = value
            elif key in space:
                del space[key]
        self._pending = {}
        if twin.live is not None:
            twin.live.tell({"nvs": twin.s.nvs})

    def _put(self, key, value):
        twin.here()
        if not 0 < len(key) <= _KEY:
            raise OSError(_KEY_TOO_LONG, "ESP_ERR_NVS_KEY_TOO_LONG")
        self._pending[key] = value

    def _get(self, key, kind):
        twin.here()
        space = self._pending if key in self._pending else twin.s.nvs.get(self._name, {})
        value = space.get(key)
        if value is None or not isinstance(value, kind):
            raise OSError(_NOT_FOUND, "ESP_ERR_NVS_NOT_FOUND")
        return value


class Partition(twin_flash.Blocks):
    """The one data partition, `vfs`; those that hold programs are not simulated."""

    BOOT, RUNNING = 0, 1
    TYPE_APP, TYPE_DATA = 0, 1

    @staticmethod
    def find(type=0, subtype=0xFF, label=None):
        ours = type == 1 and subtype in (0xFF, 0x83) and label in (None, "vfs")
        return [Partition("vfs")] if ours else []

    def info(self):
        return (1, 0x83, 0x200000, twin.s.frame["flash"][1], "vfs", False)
