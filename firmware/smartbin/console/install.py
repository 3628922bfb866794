# install: a mounting, step by step, and whether this sensor fits this bin here.
from micropython import const

from smartbin import clock, family, fill, installed
from smartbin.console import commands, session, sonar, troubles, verdict_words
from smartbin.console import verdict as check
from smartbin.errors import ConsoleError, LinkError

_SHOWN = const(6)  # reasons, of two lines each: all fits one screen of 24
_DEPTH_MM = const(4000)  # what the settings allow for a bin

_BEGIN = (
    "Installation check of %s: %s, floor at %d mm, full at %d.",
    "%s 설치 점검: %s, 바닥 %d mm, 가득 %d mm.",
)
_EMPTY = (
    "Is the bin empty, the sensor in its place, the lid as in use?",
    "통이 비어 있고 센서와 덮개가 제자리에 있습니까?",
)
_NOT_EMPTY = (
    "Empty the bin first: the check listens for its floor. Nothing was measured.",
    "바닥을 재야 하므로 먼저 통을 비우십시오. 측정하지 않았습니다.",
)
_PINGS = ("1/4 %d pings ...", "1/4 %d번 측정 ...")
_HEARD = (" %d came back, %d of them from %d mm.", " 반사 %d번, 그중 %d번은 %d mm.")
_NO_ECHO = (" no echo.", " 반사음 없음.")
_JOIN = ("2/4 Joining %s ...", "2/4 %s 접속 ...")
_SIGNAL = (" %d dBm.", " %d dBm.")
_SPEAK = ("3/4 Speaking with %s ...", "3/4 %s 통신 ...")
_TOOK = (" acknowledged after %d ms.", " %d ms 만에 수신 확인.")
_FAILED = (" failed.", " 실패.")
_BATTERY = ("4/4 Battery: %s at rest, %s with the radio on.", "4/4 배터리: 평상시 %s, 무선 중 %s.")
_UNKNOWN = ("unknown", "알 수 없음")
_MORE = ("%d more of less weight.", "그 밖에 %d건.")
_KEPT = (
    "The record is kept; the next report tells it.",
    "결과를 저장했습니다. 다음 보고에 함께 보냅니다.",
)


def install(desk, args):
    """Measure, join, speak; say the verdict; keep the record."""
    cfg = desk.cfg
    sensor = desk.node.sonar(sonar.awake(cfg)).sensor
    desk.say(_BEGIN, cfg.bin_id, sensor.name, cfg.empty_mm, cfg.full_mm)
    if not desk.ask(_EMPTY):
        raise ConsoleError(_NOT_EMPTY)
    idle_mv = desk.node.battery.read_mv()
    heard = _listen(desk, sensor)
    spoken = _Talk()
    trouble = spoken.hold(desk)
    desk.say(_BATTERY, _mv(desk, idle_mv), _mv(desk, spoken.loaded_mv))
    facts = check.Facts(
        sensor, cfg, heard, spoken.rssi_dbm, spoken.why, spoken.took_ms, idle_mv, spoken.loaded_mv
    )
    _tell(desk, facts, trouble)
    _keep(desk, facts)


def _listen(desk, sensor):
    """Thirty pings, as far as the sensor hears: Heard."""
    _part(desk, _PINGS, check.PINGS)
    far_mm = min(_DEPTH_MM, sensor.range_mm)
    with desk.node.sonar(sonar.changed(desk.cfg, doze=0, empty_mm=far_mm, full_mm=20)) as ears:
        lid_dc = ears.air_dc()
        answers = []
        while len(answers) < check.PINGS:
            if desk.stopped():
                desk.show("\r\n")
                raise ConsoleError(commands.STOPPED, len(answers), check.PINGS)
            answers.append(ears.ping())
    air_dc = fill.State().air_dc(lid_dc)
    ear = family.Ear(sensor, air_dc, lid_dc, 0, None, desk.cfg.empty_mm)
    heard = check.listen(answers, ear, ears.trouble())
    if heard.mm is None:
        desk.say(_NO_ECHO)
    else:
        desk.say(_HEARD, heard.heard, heard.agree, heard.mm)
    return heard


class _Talk:
    """One session with the broker, and what it showed."""

    rssi_dbm = loaded_mv = None
    why = "settings"
    took_ms = 0

    def hold(self, desk):
        """A ConsoleError that says what to do where it failed, or None."""
        cfg = desk.cfg
        try:
            session.need(desk, "wifi_ssid", "mqtt_host")
        except ConsoleError as e:
            return e
        _part(desk, _JOIN, cfg.wifi_ssid)
        up = desk.up()
        session.on_air(desk, 1)
        try:
            with desk.node.session(cfg, desk.mem, up, lambda *_: desk.feed()) as link:
                self._speak(desk, link)
        except LinkError as e:
            desk.say(_FAILED)
            self.why = e.why
            return troubles.sentence(e, cfg)
        finally:
            session.on_air(desk, 0)
        self.why, self.took_ms = "", up.spent_ms()
        desk.say(_TOOK, self.took_ms)

    def _speak(self, desk, link):
        self.rssi_dbm = link.rssi_dbm
        self.loaded_mv = desk.node.battery.read_mv()
        desk.say(_SIGNAL, link.rssi_dbm)
        _part(desk, _SPEAK, desk.cfg.mqtt_host)
        clock.look(desk.node, desk.cfg, desk.mem, link)
        session.speak(desk, link)


def _tell(desk, facts, trouble):
    """The verdict, and for each reason what it is and what to change."""
    grade, reasons = check.verdict(facts)
    desk.say(verdict_words.GRADES[grade])
    said = None
    for key, numbers in reasons[:_SHOWN]:
        what, change = verdict_words.of(key)
        desk.show("%s " % "!?"[installed.grade_of(key) == installed.WARNINGS])
        desk.say(what, *numbers)
        if key == "session" and trouble is not None:
            desk.show("    ")
            desk.say(trouble.pair, *trouble.facts)
        elif change != said:  # two reasons in a row may have one remedy
            desk.show("    ")
            desk.say(change)
        said = change
    if len(reasons) > _SHOWN:
        desk.say(_MORE, len(reasons) - _SHOWN)


def _keep(desk, facts):
    now_s = clock.now(desk.mem, desk.node.raw_s())
    known = clock.stamp(desk.mem, now_s) != clock.UNKNOWN
    desk.node.mounting().keep(check.record(facts, now_s if known else None))
    desk.mem.installed = 1
    desk.node.keep(desk.mem)
    desk.say(_KEPT)


def _part(desk, pair, *args):
    """The beginning of a line."""
    desk.show(pair[desk.language] % args)


def _mv(desk, mv):
    return _UNKNOWN[desk.language] if mv is None else "%d mV" % mv
