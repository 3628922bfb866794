# The station interface of the simulated chip: what its driver does after connect(), by the clock,
# and what an access point makes of it.
#
# Not a module of the ESP32.  Everything between connect() and an address is known beforehand, as a
# list of (phase, how long, share of it that is sending); the radio goes through it by itself, and
# starts anew where it fails.
import twin
from twin_lease import NO_ADDRESS, lend

IDLE, CONNECTING, GOT_IP = 1000, 1001, 1010
NO_AP, WRONG_PASSWORD, ASSOC_FAIL = 201, 202, 203

CHANNELS, CHANNEL_MS = 13, 120  # ESP-IDF's default active dwell (facts A3)
_REFUSAL_MS = 1500  # from association to the end of a failed 4-way handshake; an estimate
_LEFT = 8  # WIFI_REASON_ASSOC_LEAVE: our own doing counts as a failure too
_FULL_DBM = 20
_UNHEARD_DBM = -88  # below this an access point does not hear us any more; an estimate
# Sending while it associates, 50 of 360 ms, and while it asks for an address, 9 of 890: what the
# charge of wifi_static and wifi_dhcp leaves beyond listening (A3; A9 reckons with 50 ms of air
# for all frames of a session).  In so many bursts: an estimate.
_JOIN_SENDS, _DHCP_SENDS, _BURSTS = 0.138, 0.01, 6
_HEX = "0123456789abcdefABCDEF"


class Radio:
    """The one station interface; it outlives WLAN objects, but not deep sleep."""

    def __init__(self):
        self.on = False
        self.phase = "join"  # what it spends time on
        self.asked = None  # (ssid, key, bssid) of the last connect() that had any
        self.channel = None  # where to begin looking
        self.reconnects = -1
        self.failure = None  # the last one, until an address is there (facts 2.1)
        self.pm = 1
        self.txpower_dbm = _FULL_DBM
        self.addresses = (NO_ADDRESS,) * 4
        self.held = bool(twin.s.frame["air"].get("held_ms"))  # does the access point think so?
        self._began_us = None  # when connect() was called
        self._leased = False  # by the driver, in this connection
        self._talk = "mqtt"  # what it is connected for just now
        self._sent_us = 0  # when all is sent

    def begin(self):
        """connect() was called."""
        self._began_us, self._leased, self._tries = twin.s.up_us, False, 0
        self._try()
        self.turn()

    def _try(self):
        """Begin with the next one: it meets what is there now."""
        self._tries += 1
        self._parts, self._why = self._plan(twin.s.frame["air"])
        self._round_us = max(1, sum([part[1] for part in self._parts]))

    def _over(self):
        """Has this try come to its end?"""
        return twin.s.up_us - self._began_us >= self._round_us

    def talk(self, phase):
        """What the connection is used for from now on: dns, tcp, tls or mqtt."""
        self._talk = phase
        self.turn()

    def send(self, us):
        """The transmitter is on for so long; whoever gave it the bytes goes on meanwhile."""
        self._sent_us = max(self._sent_us, twin.s.up_us) + us
        self.turn()

    def turn(self):
        """Go on to what comes next; called when that is due."""
        s = twin.s
        while self._began_us is not None and self._why is not None and self._over():
            self.failure = self._why
            if 0 <= self.reconnects < self._tries:
                break
            self._began_us += self._round_us
            self._try()
        self.phase, until_us = self._now()
        s.turn_us = twin.NEVER_US if until_us is None else self._began_us + until_us
        if s.phase not in ("light", "doze"):
            twin.settle()
        twin.watch()

    def _now(self):
        """(phase, until when), from the beginning of the try on; None: for good."""
        if not self.busy():
            return "join", None  # the receiver is on, nothing else
        rest_us = twin.s.up_us - self._began_us
        if self._over():
            self._connected()
            if self._sent_us > twin.s.up_us:
                return "send", self._sent_us - self._began_us
            return self._talk, None
        from_us = 0
        for phase, long_us, share in self._parts:
            if rest_us < long_us:
                what, until_us = _burst(phase, rest_us, long_us, share)
                return what, from_us + until_us
            rest_us -= long_us
            from_us += long_us

    def ask(self):
        """No fixed address any more; where there is a network, the driver asks for one now."""
        joined = self.state() == GOT_IP
        self.addresses = (NO_ADDRESS,) * 4
        if joined:
            self._began_us, self._leased = twin.s.up_us, False
            self._round_us = max(1, twin.s.frame["air"]["dhcp_ms"] * 1000)
            self._parts = [("dhcp", self._round_us, _DHCP_SENDS)]
            self.turn()

    def _connected(self):
        self.held = True
        if not self.static() and not self._leased:
            self._leased = True
            lend()

    def static(self):
        return self.addresses[0] != NO_ADDRESS

    def state(self):
        """Where the driver is by now."""
        if twin.s.up_us >= twin.s.turn_us:
            self.turn()  # writing flash has taken us past it
        if self.busy() and self._why is None and self._over():
            self.failure = None
            return GOT_IP
        if self.failure is not None:
            return self.failure
        return IDLE if self._began_us is None else CONNECTING

    def busy(self):
        """Is it connected, or still trying to be?"""
        if self._began_us is None:
            return False
        return self._why is None or not (0 <= self.reconnects < self._tries and self._over())

    def leave(self):
        if self.state() == GOT_IP:
            self.failure = _LEFT
            self.held = False
        self._began_us, self.phase = None, "join"
        twin.s.turn_us = twin.NEVER_US
        twin.watch()

    def _plan(self, air):
        """(what one try consists of, how it fails or None)"""
        ssid, key, bssid = self.asked
        other = bssid is not None and bssid.hex() != air["bssid"]
        if not air["ap"] or ssid != air["ssid"] or other:
            return [("scan", CHANNELS * CHANNEL_MS * 1000, 0)], NO_AP
        found = [("scan", _looks(self.channel, air["channel"]) * CHANNEL_MS * 1000, 0)]
        ready, right = _ready(key), _fits(key, air)
        key_ms = 0 if ready or not key else twin.s.frame["chip"]["pmk_ms"]
        found.append(("join", (key_ms + air.get("held_ms", 0)) * 1000, 0))
        weaker_db = _FULL_DBM - self.txpower_dbm
        if weaker_db > 0 and air["rssi_dbm"] - weaker_db < _UNHEARD_DBM:
            return found + [("join", _REFUSAL_MS * 1000, 0)], ASSOC_FAIL
        found.append(("join", air["join_ms"] * 1000, _JOIN_SENDS))
        if not right:
            return found + [("join", _REFUSAL_MS * 1000, 0)], WRONG_PASSWORD
        if not self.static():
            found.append(("dhcp", air["dhcp_ms"] * 1000, _DHCP_SENDS))
        return found, None


def _burst(phase, at_us, long_us, share):
    """(what is done at_us into a part, until when): mostly listening, and sending now and then."""
    step_us = long_us // _BURSTS
    quiet_us = int(step_us * (1 - share))
    if not share or quiet_us == step_us:
        return phase, long_us
    step = min(at_us // step_us, _BURSTS - 1)
    if at_us < step * step_us + quiet_us:
        return phase, step * step_us + quiet_us
    return "send", long_us if step == _BURSTS - 1 else (step + 1) * step_us


def _looks(hint, channel):
    """How many channels are looked at until the access point's is reached: a hint comes first."""
    if hint == channel:
        return 1
    return channel if not hint or hint < channel else channel + 1


def _ready(key):
    """64 hex digits are taken for the key itself: nothing is derived (facts 2.1)."""
    return key is not None and len(key) == 64 and all([one in _HEX for one in key])


def _fits(key, air):
    if _ready(key):
        return key.lower() == air.get("pmk")
    return key == air["key"]


def on_air():
    """Is there a network?"""
    radio = twin.s.radio
    return radio is not None and radio.on and radio.state() == GOT_IP
