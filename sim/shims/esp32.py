# The ESP32's own module: NVS, what may end a deep sleep, flash partitions.
from binascii import a2b_base64, b2a_base64

import twin

WAKEUP_ALL_LOW, WAKEUP_ANY_HIGH = False, True
HEAP_DATA, HEAP_EXEC = 4, 1

_KEY = 15  # longest name of a space or a key
_NOT_FOUND = -0x1102  # ESP_ERR_NVS_NOT_FOUND


def wake_on_ext0(pin, level):
    twin.s.wake_pins = () if pin is None else (pin.id,)


def wake_on_ext1(pins, level):
    twin.s.wake_pins = tuple([pin.id for pin in pins or ()])


def wake_on_gpio(pins, level):
    wake_on_ext1(pins, level)


def gpio_deep_sleep_hold(enable):
    twin.here()


def idf_heap_info(capabilities):
    """(total, free, largest block, least free so far) of each region; fixed, not simulated."""
    return [(180_000, 120_000, 100_000, 90_000)]


class NVS:
    """Numbers and blobs; what is not committed is lost.  A blob is text in the frame."""

    def __init__(self, namespace):
        twin.here()
        _check(namespace)
        self._name = namespace
        self._pending = dict(twin.s.nvs.get(namespace, {}))

    def set_i32(self, key, value):
        self._put(key, int(value))

    def get_i32(self, key):
        return self._get(key, int)

    def set_blob(self, key, value):
        self._put(key, b2a_base64(value)[:-1].decode())

    def get_blob(self, key, buffer):
        value = a2b_base64(self._get(key, str))
        if len(value) > len(buffer):
            raise OSError(-0x110C, "ESP_ERR_NVS_INVALID_LENGTH")
        buffer[: len(value)] = value
        return len(value)

    def erase_key(self, key):
        self._get(key, object)
        del self._pending[key]

    def commit(self):
        twin.here()
        twin.s.nvs[self._name] = dict(self._pending)
        twin.s.nvs_changed = True

    def _put(self, key, value):
        twin.here()
        _check(key)
        self._pending[key] = value

    def _get(self, key, kind):
        twin.here()
        value = self._pending.get(key)
        if value is None or not isinstance(value, kind):
            raise OSError(_NOT_FOUND, "ESP_ERR_NVS_NOT_FOUND")
        return value


def _check(name):
    if not 0 < len(name) <= _KEY:
        raise ValueError("name too long")


class Partition:
    """The data partition `vfs`, on a file of the host.

    Its methods must not allocate: a file closed by the collector calls them.
    """

    BOOT, RUNNING = 0, 1
    TYPE_APP, TYPE_DATA = 0, 1

    def __init__(self, id, block_size=4096):
        twin.here()
        self._block = block_size
        self._file = open(twin.s.frame["flash"], "r+b")
        self._size = self._file.seek(0, 2)
        self._blank = b"\xff" * block_size

    @staticmethod
    def find(type=1, subtype=0xFF, label=None, block_size=4096):
        return [Partition(label, block_size)] if label in (None, "vfs") and type == 1 else []

    def info(self):
        return (1, 0x83, 0x200000, self._size, "vfs", False)

    def readblocks(self, block_num, buf, offset=0):
        self._file.seek(block_num * self._block + offset)
        self._file.readinto(buf)

    def writeblocks(self, block_num, buf, offset=None):
        if offset is None:
            self._erase(block_num)
            offset = 0
        self._file.seek(block_num * self._block + offset)
        self._file.write(buf)

    def ioctl(self, cmd, arg):
        if cmd == 4:
            return self._size // self._block
        if cmd == 5:
            return self._block
        if cmd == 6:
            self._erase(arg)
        return 0

    def _erase(self, block_num):
        self._file.seek(block_num * self._block)
        self._file.write(self._blank)
