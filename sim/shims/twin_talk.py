# What talking over the simulated network takes, whatever is said: trips there and back, names,
# handshakes, waiting in vain.
#
# Not a module of the ESP32.
import errno

import twin
import twin_lease
import twin_line
import twin_radio

NO_SUCH_NAME = -202  # EAI_FAIL as lwIP counts
_NO_NAMES_MS = 14_000  # lwIP asks four times, of each server that it knows; an estimate
_CERTIFICATES_US = 631_152_000_000_000  # 2020, in microseconds since 2000
_TLS_MS = 950  # key exchange and certificate check on the chip: 0.93-1.07 s measured (facts A4)
_WALL_MS = 5000  # what takes longer in the real world never comes in the virtual one
_QUESTION = 40  # bytes of one to the name server


def ask_names():
    """A question to the name server, which no timeout of a socket bounds (facts 2.3)."""
    fault = twin.s.fault
    ms = trip_ms() + int(fault.get("dns_slow", 0) * 1000)
    dead = "dns_dead" in fault or ms > _NO_NAMES_MS or twin_lease.barred()
    about("dns")
    twin_line.sending(_QUESTION)
    twin.spend((_NO_NAMES_MS if dead else ms) * 1000)
    about("mqtt")
    if dead:
        raise OSError(NO_SUCH_NAME)


def trip_ms():
    """There and back, with repetitions; OSError without a way."""
    on_air(errno.EHOSTUNREACH)
    return twin.s.frame["air"]["rtt_ms"] + twin_line.lost_ms()


def on_air(error):
    twin.here()
    if not twin_radio.on_air():
        raise OSError(error)


def reckon():
    """What a TLS handshake costs the chip, and what its clock makes of every certificate.

    mbedTLS on the computer looks at the computer's clock; on the chip the year 2000 is too early.
    """
    about("tls")
    twin.spend(_TLS_MS * 1000)
    if twin.now_us() < _CERTIFICATES_US:
        raise ValueError("The certificate validity starts in the future")


def about(phase):
    """What is said from now on is a handshake, or what the connection is for."""
    if twin.s.radio is not None:
        twin.s.radio.talk(phase)


def in_vain(wait_us):
    """Nothing comes as long as the caller is patient; the watchdog may be less so."""
    if wait_us is None:
        twin.for_ever()
    twin.spend(wait_us)


def wall_ms():
    return twin.s.frame["net"].get("wall_ms", _WALL_MS)
