# The ESP32's onewire, frozen into its firmware: bytes on one wire.
import twin_bus


class OneWireError(Exception):
    pass


class OneWire:
    def __init__(self, pin):
        self.pin = pin
        pin.init(pin.OPEN_DRAIN, pin.PULL_UP)
        self._wire = twin_bus.Wire(pin.id)

    def reset(self, required=False):
        found = self._wire.reset()
        if required and not found:
            raise OneWireError
        return found

    def readbyte(self):
        return self._wire.read()

    def readinto(self, buf):
        for i in range(len(buf)):
            buf[i] = self._wire.read()

    def writebyte(self, value):
        self._wire.write(value)

    def write(self, buf):
        for byte in buf:
            self._wire.write(byte)

    def crc8(self, data):
        return twin_bus.crc8(data)
