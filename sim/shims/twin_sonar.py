# The ultrasonic sensor on the simulated chip's pins: what its line shows for the frame's echoes.
#
# Not a module of the ESP32.  The world says how long each echo took; here that becomes a pulse, a
# frame FF H L SUM, or MaxBotix's text or pulse width, at the sensor's own time.
from math import sqrt

import twin

_ECHO_DELAY_US = 450  # HC-SR04: from the trigger's end to the rising echo, by its data sheet
_SERIAL = ("frames", "maxbotix")
_BITS = 10  # of a byte on a serial line


def begin():
    """Set the sensor up for this wake."""
    s = twin.s
    s.sensor = s.frame["sensor"]
    s.serial = s.sensor["family"] in _SERIAL
    s.bit_us = 1_000_000 / (s.sensor["baud"] or 1)
    s.line = []  # [when it begins, byte], of what is still to come
    s.last_us = None  # the echo that the latest reading was made of
    s.slot = 0  # of frame["line"], a test's own bytes
    s.heard_us = None  # up to when a listening UART has been told; None: nobody listens


def power(on):
    """The rail: a sensor without power says nothing, and its line falls."""
    s = twin.s
    s.line = []
    if not on:
        s.fall_us = min(s.fall_us, s.up_us)


def triggered():
    """A pulse long enough on its trigger.

    The sensor hears nothing without power, while it still settles, or while the last pulse lasts;
    where the frame has no echo left, its line stays low.
    """
    s = twin.s
    if not _hears() or s.up_us < s.fall_us:
        return
    kind = s.sensor["family"]
    if kind == "maxbotix":
        _say(s.up_us + s.sensor["answer_us"])
    elif kind != "frames":
        s.asked = True
        s.pings += 1
        if s.echoes:
            us = _next()
            wide = kind == "width"
            s.rise_us = s.up_us + (s.sensor["answer_us"] if wide else _ECHO_DELAY_US)
            s.fall_us = s.rise_us + (_mm(us) if wide else us)


def told(data, inverted):
    """Bytes on the pin that leads to the sensor.  Of an inverted FF only the start bit shows: a
    pulse."""
    s = twin.s
    for byte in data:
        if inverted:
            if byte == 0xFF and s.bit_us >= s.frame["trigger_us"]:
                triggered()
        elif s.sensor["family"] == "frames" and byte == s.sensor["ask"] and _hears():
            _say(s.up_us + s.sensor["answer_us"] + (s.echoes[0] if s.echoes else 0))


def level():
    """What the pin shows of a serial line: it rests high while the sensor has power."""
    s = twin.s
    if not s.rail:
        return 0
    for start_us, byte in s.line:
        bit = int((s.up_us - start_us) / s.bit_us)
        if start_us <= s.up_us and bit < _BITS:
            return (byte << 1 | 1 << 9) >> bit & 1
    return 1


def listen(on):
    """A UART begins or ends listening; what came before is lost."""
    s = twin.s
    s.heard_us = s.up_us if on else None


def heard(baud):
    """The bytes that have ended since the last call; read at another speed they are others."""
    s = twin.s
    if s.heard_us is None:
        return b""
    _speak()
    done = [pair for pair in s.line if pair[0] + _BITS * s.bit_us <= s.up_us]
    s.line = s.line[len(done) :]
    s.heard_us = s.up_us
    wrong = 0 if baud == s.sensor["baud"] else 0xA5
    return bytes([byte ^ wrong for _, byte in done])


def deaf():
    """The UART was off until now: what has begun is lost, the second half of a frame is not."""
    s = twin.s
    if s.heard_us is not None:
        _speak()
        s.line = [pair for pair in s.line if pair[0] >= s.up_us]
        s.heard_us = s.up_us


def _hears():
    s = twin.s
    return s.rail and s.up_us - s.rail_us >= s.frame["settle_us"]


def _speak():
    """The frames of a sensor that speaks unasked, since a UART last looked."""
    s = twin.s
    period_us = s.sensor["period_us"]
    if not s.rail or s.sensor["family"] != "frames" or s.sensor["ask"]:
        return
    first_us = s.rail_us + s.frame["settle_us"]
    from_us = max(s.heard_us, first_us)
    at_us = first_us + -((first_us - from_us) // period_us) * period_us
    while at_us <= s.up_us:
        if at_us > s.heard_us:
            _say(at_us)
        at_us += period_us


def _say(at_us):
    """One reading, byte by byte from at_us on."""
    s = twin.s
    s.asked = True
    s.pings += 1
    data = _own_bytes() if "line" in s.frame else _reading()
    for i, byte in enumerate(data):
        s.line.append([at_us + int(i * _BITS * s.bit_us), byte])


def _own_bytes():
    s = twin.s
    data = bytes.fromhex(s.frame["line"][s.slot % len(s.frame["line"])])
    s.slot += 1
    return data


def _next():
    """The next echo; who is asked for hours, on a bench, hears the same ones again."""
    us = twin.s.echoes.pop(0)
    if twin.s.frame.get("again"):
        twin.s.echoes.append(us)
    return us


def _reading():
    """The last echo again where the frame has none left; where it had none at all, silence."""
    s = twin.s
    if s.echoes:
        s.last_us = _next()
    if s.last_us is None:
        return b""
    mm = _mm(s.last_us)
    if s.sensor["family"] == "maxbotix":
        return b"R%04d\r" % mm
    high, low = mm >> 8 & 0xFF, mm & 0xFF
    return bytes((0xFF, high, low, (0xFF + high + low) & 0xFF))


def _mm(us):
    """What the sensor makes of an echo: by a fixed speed of sound, or by its own thermometer."""
    sensor = twin.s.sensor
    nothing = 0 if sensor["family"] == "frames" else sensor["range_mm"]
    if us >= sensor["silent_us"]:
        return nothing
    speed = sensor["speed"]
    if speed < 0:
        speed = 331.3 * sqrt(1 + twin.s.frame.get("lid_dc", 150) / 2731.5)
    mm = int(us * speed / 2000 + 0.5)
    return mm if mm < sensor["range_mm"] else nothing
