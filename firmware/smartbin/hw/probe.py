# What the service console tries out: networks in reach, a session whose steps are timed, storage.
import network
import os
import time
from collections import namedtuple
from micropython import const

from smartbin.deadline import Deadline
from smartbin.errors import LinkError
from smartbin.hw import store
from smartbin.hw.join import NEEDED_DBM, Station
from smartbin.hw.link import Link
from smartbin.hw.net import NOWHERE

_NEVER_MS = const(3_600_000)  # longer than any step
_BYTES = const(16)  # written to storage and read back
_FILE, _NUMBER = "probe", "probe"

# Does the board have it?
Fitted = namedtuple("Fitted", ("battery", "air", "tilt", "lid"))


def fitted(node):
    board = node._board
    air = board.NTC_ADC_PIN is not None or board.DS18B20_PIN is not None
    tilt = board.TILT_PIN is not None or board.I2C_SDA_PIN is not None
    return Fitted(board.BATTERY_ADC_PIN is not None, air, tilt, board.LID_PIN is not None)


def networks():
    """[(rssi_dbm, channel, name as bytes, locked?)], loudest first; OSError where it fails."""
    wlan = network.WLAN(network.STA_IF)
    wlan.active(False)  # a soft reset leaves it as it was, perhaps still joining
    wlan.active(True)
    try:
        found = [(row[3], row[2], bytes(row[0]), row[4] != 0) for row in wlan.scan()]
    finally:
        wlan.active(False)
    return sorted(found, reverse=True)


def margin_db(rssi_dbm):
    """How much weaker the signal may become until the access point does not hear us any more."""
    return rssi_dbm - NEEDED_DBM


def flash_keeps(flash):
    """Does the file system give back what was written?  OSError where it fails."""
    data = os.urandom(_BYTES)
    flash.copy(_FILE, data)
    kept = flash.copy(_FILE) == data
    return flash.drop(_FILE) and kept


def nvs_keeps():
    """Does NVS give back what was written?  OSError where it fails."""
    number = int.from_bytes(os.urandom(2), "big") + 1
    store.put(**{_NUMBER: number})
    return store.number(_NUMBER) == number


class Session(Link):
    """A Link that tells how long each step took: tell(step, ms) at its end.

    Steps: "radio" "join" "address", perhaps "clock", then "name" "tcp" "tls" "login" "publish".
    Nothing that is remembered of the broker is used.
    """

    def __init__(self, cfg, up, mem, node, tell):
        super().__init__(cfg, up, mem, node)
        self.net.broker = NOWHERE
        self._tell = tell
        self.begin()

    def begin(self):
        """The next step begins now."""
        self._step = Deadline(time, _NEVER_MS)

    def step_ms(self):
        """How long the step has taken that has not come to its end."""
        return self._step.spent_ms()

    def done(self, step):
        ms = self._step.spent_ms()
        self._tell(step, ms)
        self.begin()

    def address(self):
        """(our address as text, is it that of last time)"""
        station = self._station
        return station.address(), station.reused  # type: ignore  # of _kind

    def signal_dbm(self):
        """How loud the access point is just now; LinkError where it is gone."""
        try:
            return self._station.signal_dbm()  # type: ignore  # of _kind
        except OSError as e:
            raise LinkError("join", "no_ap", self._limit.spent_ms(), e)

    def network_time_s(self):
        self.begin()
        true_s = super().network_time_s()
        self.done("clock")
        return true_s

    def publish(self, topic, payload, retained, confirmed):
        self.begin()
        super().publish(topic, payload, retained, confirmed)
        self.done("publish")

    def _kind(self, *facts):
        return _Station(self.done, *facts)

    def _login(self):
        super()._login()
        self.done("login")

    def _reached(self, tell):
        def told(stage):
            if stage == "tcp":
                self.done("name")
            tell(stage)

        sock = super()._reached(told)
        self.done("tcp")
        return sock

    def _secured(self, stream):
        secured = super()._secured(stream)
        self.done("tls")
        return secured


class _Station(Station):
    """done(step) at the end of each step."""

    def __init__(self, done, *facts):
        super().__init__(*facts)
        self._done = done
        self._heard = False  # has the access point let us in?

    def address(self):
        return self._wlan.ifconfig()[0]

    def signal_dbm(self):
        return self._wlan.status("rssi")

    def _settle_addresses(self):
        self._done("radio")
        super()._settle_addresses()

    def _watch(self, status, failing):
        self._listen()
        return super()._watch(status, failing)

    def _keep_address(self):
        if not self._heard:
            self._let_in()
        super()._keep_address()
        self._done("address")

    def _listen(self):
        """With an access point there is a signal, also before there is an address."""
        try:
            if not self._heard and self._wlan.status("rssi"):
                self._let_in()
        except OSError:
            pass  # not yet

    def _let_in(self):
        self._heard = True
        self._done("join")
