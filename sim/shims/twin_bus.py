# Chips on the simulated node's buses: a DS18B20 on its wire, an accelerometer on I2C.
#
# Not a module of the ESP32.
import errno

import twin

_CONVERT_US = (93_750, 187_500, 375_000, 750_000)  # DS18B20, by bits 5 and 6 of its configuration
_POWER_ON = 85 * 16
_UNDEFINED = (7, 3, 1, 0)  # bits of a reading that mean nothing
_TURN_ON_US = 17_500  # LIS3DH at 400 Hz: 7/ODR; ADXL345 at 100 Hz is about as fast
_G = 16_384  # counts: +-2 g, left-justified
_PARTS = {  # address, fixed registers, where data begin, ready register and bit, what wakes it
    "lis3dh": (0x18, {0x0F: 0x33}, 0x28, 0x27, 0x08, (0x20, 0xF0)),
    "adxl345": (0x53, {0x00: 0xE5}, 0x32, 0x30, 0x80, (0x2D, 0x08)),
}


class Wire:
    """One 1-Wire pin.  A line that is stuck low looks like presence, and reads as zeros."""

    def __init__(self, pin):
        self._pin = pin
        self._power_us = None
        self._restart()

    def _restart(self):
        self._raw = _POWER_ON
        self._set = bytearray((0x4B, 0x46, 0x7F))  # two alarm bytes and the configuration
        self._ready_us = None
        self._said, self._answer = b"", b""

    def reset(self):
        twin.spend(960)  # 480 us low, 480 us for presence
        s = twin.s
        if self._pin in s.held:
            return s.levels[self._pin] == 0
        if self._power_us != s.rail_us:
            self._power_us = s.rail_us
            self._restart()
        self._said, self._answer = b"", b""
        return self._there()

    def write(self, byte):
        twin.spend(8 * 65)
        if self._there():
            self._said += bytes((byte,))
            self._obey()

    def read(self):
        twin.spend(8 * 65)
        if self._pin in twin.s.held:
            return 0xFF if twin.s.levels[self._pin] else 0
        if not self._answer:
            return 0xFF
        byte, self._answer = self._answer[0], self._answer[1:]
        return byte

    def _there(self):
        s = twin.s
        return s.rail and self._pin == s.frame.get("wire_pin") and self._pin not in s.held

    def _obey(self):
        said = self._said
        if said[0] != 0xCC or len(said) < 2:  # only "skip ROM" is understood
            return
        if said[1] == 0x4E and len(said) == 5:
            self._set[:] = said[2:]
        elif said[1] == 0x44 and len(said) == 2:
            self._ready_us = twin.s.up_us + _CONVERT_US[self._set[2] >> 5 & 3]
        elif said[1] == 0xBE and len(said) == 2:
            self._answer = self._scratchpad()

    def _scratchpad(self):
        s = twin.s
        if self._ready_us is not None and s.up_us >= self._ready_us:
            self._raw = s.frame.get("lid_dc", 150) * 16 // 10 | _UNDEFINED[self._set[2] >> 5 & 3]
        found = bytes((self._raw & 0xFF, self._raw >> 8 & 0xFF)) + self._set + b"\xff\x0c\x10"
        noise = s.frame.get("wire_noise", 0)
        return bytes((found[0] ^ noise,)) + found[1:] + bytes((crc8(found),))


def crc8(data):
    """Dallas/Maxim: 0 over data with their sum behind them."""
    crc = 0
    for byte in data:
        for bit in range(8):
            mix = (crc ^ byte >> bit) & 1
            crc >>= 1
            if mix:
                crc ^= 0x8C
    return crc


class Bus:
    """The I2C slaves that hang on two pins; power-on values at the start of each wake."""

    def __init__(self, pins, freq, timeout_us):
        self._pins, self._bit_us, self._timeout_us = pins, 1_000_000 / freq, timeout_us

    def begin(self, address, size):
        """One transfer of so many bytes; the part at that address."""
        s = twin.s
        if [pin for pin in self._pins if pin in s.held and not s.levels[pin]]:
            twin.spend(self._timeout_us)
            raise OSError(errno.ETIMEDOUT)
        name = s.frame.get("accel", "lis3dh")
        wired = list(self._pins) == s.frame.get("i2c_pins") and name in _PARTS
        if not wired or _PARTS[name][0] != address:
            twin.spend(int(9 * self._bit_us))
            raise OSError(errno.ENODEV)
        twin.spend(int(9 * (size + 2) * self._bit_us))
        return _PARTS[name]

    def read(self, address, register, size):
        part = self.begin(address, size + 1)
        if part[0] == 0x18 and not register & 0x80:  # without its auto-increment bit
            return bytes([_register(part, register)] * size)
        return bytes([_register(part, (register & 0x7F) + i) for i in range(size)])

    def write(self, address, register, data):
        part = self.begin(address, len(data))
        s = twin.s
        if register == part[5][0]:
            awake = data[0] & part[5][1]
            s.accel_us = s.up_us + _TURN_ON_US if awake else None


def _register(part, register):
    _, fixed, data, ready, bit, _ = part
    s = twin.s
    done = s.accel_us is not None and s.up_us >= s.accel_us
    if register in fixed:
        return fixed[register]
    if register == ready:
        return bit if done else 0
    if done and data <= register < data + 6:
        axis, high = divmod(register - data, 2)
        count = _gravity()[axis] * _G // 1000
        return count >> (8 if high else 0) & 0xFF
    return 0


def _gravity():
    """x, y, z in thousandths of g."""
    frame = twin.s.frame
    lies = frame.get("tilt", 0)
    return frame.get("gravity", (1000, 0, 0) if lies else (0, 0, 1000))
