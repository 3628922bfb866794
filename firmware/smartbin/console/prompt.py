# The prompt: a line is read, its command found and called, until somebody ends it or nobody is
# there.  Whatever a command raises ends in a sentence and the next prompt.
from micropython import const

from smartbin.console import commands, line, room
from smartbin.deadline import Deadline
from smartbin.errors import ConfigError, ConsoleError, Handover

IDLE_MS = const(300_000)
_LONGEST_MS = const(900_000)  # between two commands: noise is no reason to stay awake
_SLICE_MS = const(1000)  # the watchdog is fed this often
_ANSWER_MS = const(60_000)
_BURST = const(300)  # keys in one look: noise may never end

_TOO_LONG = ("The line is too long; nothing was done.", "줄이 너무 길어 무시했습니다.")
_QUOTE = ('A quote (") has no end.', '따옴표(")가 닫히지 않았습니다.')
_MISSING = ("This build has no %s.", "이 펌웨어에는 %s 명령이 없습니다.")
_MEMORY = (
    "Not enough memory for that; reboot, then try again.",
    "메모리가 부족합니다. reboot 후 다시 하십시오.",
)
_STORAGE = (
    "The device failed at that (error %s); nothing else was done.",
    "장치 오류(%s)로 중단했습니다.",
)
_BUG = ("That failed inside the firmware: %s. It is noted.", "펌웨어 오류: %s. 기록했습니다.")
_CLOSED = ("Nobody is there: the console closes.", "입력이 없어 콘솔을 닫습니다.")
_YES_NO = " (y/n) "
_CTRL_C, _LF, _CR = const(3), const(10), const(13)


class Desk:
    """What a command needs: the node, its settings and memory, and whoever sits there."""

    def __init__(self, node, cfg, mem, keys):
        self.node = node
        self.cfg = cfg
        self.mem = mem
        self.keys = keys
        self.ended = ""  # or "sleep", "reboot", "idle"
        self._idle_keys = (_LF,)  # mean nothing if they come next: a CR may have opened it

    @property
    def language(self):
        return 1 if self.cfg.language == "ko" else 0

    def say(self, pair, *args):
        self.show((pair[self.language] % args) + "\r\n")

    def show(self, text):
        self.keys.write(text)

    def key(self, ms):
        """A byte; None where none came in so many milliseconds.

        An LF after a CR is the same Enter; one after an answer to ask() belongs to the answer.
        """
        waited = Deadline(self.node.ticks, ms)
        while True:
            self.feed()
            key = self.keys.read(min(_SLICE_MS, waited.left_ms()))
            if key is not None:
                idle, self._idle_keys = self._idle_keys, (_LF,) if key == _CR else ()
                if key not in idle:
                    return key
            if not waited.left_ms():
                return None

    def stopped(self, ms=0):
        """Has somebody pressed Enter or Ctrl-C?  Waits so long; other keys mean nothing here."""
        for _ in range(_BURST):
            key = self.key(ms)
            if key is None or key in (_CR, _LF, _CTRL_C):
                return key is not None
            ms = 0
        return False

    def ask(self, pair):
        """Does somebody say yes, by a key?"""
        self.show(pair[self.language] + _YES_NO)
        key = self.key(_ANSWER_MS)
        self._idle_keys = (_LF, _CR)
        yes = key in (121, 89)  # y Y
        self.show("y\r\n" if yes else "n\r\n")
        return yes

    def up(self):
        """The time that one wake may take, from now on."""
        return Deadline(self.node.ticks, self.cfg.awake_ms)

    def feed(self):
        self.node.feed()

    def read_line(self, typed):
        """(how it ended, the line); (None, "") where nobody is there."""
        typed.clear()
        idle = Deadline(self.node.ticks, IDLE_MS)
        longest = Deadline(self.node.ticks, _LONGEST_MS)
        while idle.left_ms() and longest.left_ms():
            key = self.key(_SLICE_MS)
            if key is None:
                continue
            idle = Deadline(self.node.ticks, IDLE_MS)
            echo, end = typed.take(key)
            if echo:
                self.show(echo)
            if end:
                return end, typed.text()
        return None, ""


def run(node, cfg, mem, keys):
    """Returns (how it ended: "sleep", "reboot" or "idle", the settings as they are now).

    Raises Handover where somebody wants MicroPython's own prompt.
    """
    desk = Desk(node, cfg, mem, keys)
    typed = line.Line()
    idle = Deadline(node.ticks, _LONGEST_MS)
    held = room.held()
    while not desk.ended:
        room.free(held)
        desk.show("smartbin %s> " % desk.cfg.bin_id)
        end, text = desk.read_line(typed)
        if end is None or not idle.left_ms():
            desk.say(_CLOSED)
            desk.ended = "idle"
        elif end == line.HANDOVER:
            commands.hand_over(desk)
        elif end == line.TOO_LONG:
            desk.say(_TOO_LONG)
        elif end == line.ENTER and obey(desk, text, typed):
            idle = Deadline(node.ticks, _LONGEST_MS)
    return desk.ended, desk.cfg


def obey(desk, text, typed):
    """Was it a command?"""
    try:
        found = line.words(text)
        if found is None:
            raise ConsoleError(_QUOTE)
        if not found:
            return False
        if not commands.secret(found):
            typed.remember(text)
        row, args = commands.find(found)
    except ConsoleError as e:
        desk.say(e.pair, *e.facts)
        return False
    _call(desk, row, args)
    return True


def _call(desk, row, args):
    try:
        if args and not row[1]:
            raise commands.usage(row[0])
        commands.load(row)(desk, args)
    except ConsoleError as e:
        desk.say(e.pair, *e.facts)
    except ConfigError as e:
        from smartbin.console import refusals

        desk.say(refusals.pair(e), *e.facts)
    except Handover:
        raise
    except ImportError:
        desk.say(_MISSING, row[0])
    except MemoryError:
        desk.say(_MEMORY)
    except OSError as e:
        desk.say(_STORAGE, e)
    except Exception as e:  # our mistake is no reason to leave the technician
        desk.mem.notes.crash(e, desk.node.raw_s())
        desk.say(_BUG, type(e).__name__)
