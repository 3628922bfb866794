# One line that somebody types: bytes in, echo out.  What is not a key of ours is dropped.
from micropython import const

ENTER, CANCEL, HANDOVER, TOO_LONG = 1, 2, 3, 4  # what take() may find besides a longer line

_MOST = const(200)  # bytes of a line
_HISTORY = const(8)
_CTRL_A, _CTRL_C, _CTRL_E, _CTRL_K, _CTRL_U = const(1), const(3), const(5), const(11), const(21)
_BELL, _LF, _CR, _ESC, _DEL = const(7), const(10), const(13), const(27), const(127)
_ARROWS = {65: "up", 66: "down", 67: "right", 68: "left", 72: "home", 70: "end"}  # ESC [ A ...
_TILDES = {49: "home", 55: "home", 52: "end", 56: "end"}  # ESC [ 1 ~ ...


class Line:
    def __init__(self, most=_MOST, quiet=False):
        self._most = most
        self._quiet = quiet  # nothing is echoed
        self.history = []
        self.clear()

    def clear(self):
        self._text = []  # whole characters
        self._part = b""  # of a character of several bytes
        self._size = 0
        self._at = 0
        self._row = len(self.history)  # of the history, that is shown
        self._escape = 0  # inside ESC: 1; inside ESC [: 2
        self._spilt = False

    def text(self):
        return "".join(self._text)

    def remember(self, text):
        if text and self.history[-1:] != [text]:
            self.history.append(text)
            del self.history[:-_HISTORY]

    def take(self, key):
        """(what to write back, None or ENTER, CANCEL, HANDOVER, TOO_LONG) for one byte."""
        if key in (_CR, _LF, _CTRL_C):  # they count wherever they come
            self._escape = 0
        if self._escape:
            return self._in_escape(key), None
        if key in (_CR, _LF):
            return "\r\n", TOO_LONG if self._spilt else ENTER
        if key == _CTRL_C:
            return "^C\r\n", CANCEL
        if key == _CTRL_A and not self._text:
            return "", HANDOVER
        echo = self._printable(key) if key >= 32 and key != _DEL else self._control(key)
        return "" if self._quiet else echo, None

    def _control(self, key):
        if key == _ESC:
            self._escape = 1
        elif key in (8, _DEL) and self._at:
            return self._left() + self._delete()
        elif key == _CTRL_A:
            return self._move("home")
        elif key == _CTRL_E:
            return self._move("end")
        elif key == _CTRL_U:
            return self._replace([])
        elif key == _CTRL_K:
            return self._cut()
        return ""

    def _in_escape(self, key):
        if self._escape == 1:
            self._escape = 2 if key in (91, 79) else 0  # ESC [ or ESC O
            return ""
        if 48 <= key <= 59:  # parameters: ESC [ 3 ~ is Delete
            self._escape = key
            return ""
        before, self._escape = self._escape, 0
        if key == 126 and before == 51:
            return self._delete()
        way = _TILDES.get(before) if key == 126 else _ARROWS.get(key)
        if way in ("up", "down"):
            return self._recall(-1 if way == "up" else 1)
        return self._move(way) if way else ""

    def _printable(self, key):
        if key & 0xC0 != 0x80:  # a new character, whatever became of the one before
            self._part = b""
        elif not self._part:
            return ""
        self._part += bytes([key])
        if len(self._part) < _length(self._part[0]):
            return ""
        part, self._part = self._part, b""
        try:
            character = str(part, "utf-8")
        except UnicodeError:
            return ""
        if self._size + len(part) > self._most:
            self._spilt = True
            return "" if self._quiet else chr(_BELL)
        self._text.insert(self._at, character)
        self._at += 1
        self._size += len(part)
        return character + self._tail()

    def _tail(self):
        """What stands behind the cursor, written anew."""
        rest = "".join(self._text[self._at :])
        return rest + "\x1b[K" + _back(rest) if rest else ""

    def _left(self):
        self._at -= 1
        return _back(self._text[self._at])

    def _delete(self):
        if self._at < len(self._text):
            self._size -= len(self._text.pop(self._at).encode())
        return self._tail() or "\x1b[K"

    def _cut(self):
        del self._text[self._at :]
        self._size = len(self.text().encode())
        return "\x1b[K"

    def _move(self, way):
        before, after = "".join(self._text[: self._at]), "".join(self._text[self._at :])
        if way == "home":
            self._at = 0
            return _back(before)
        if way == "end":
            self._at = len(self._text)
            return after
        if way == "left":
            return self._left() if self._at else ""
        self._at = min(len(self._text), self._at + 1)
        return after[:1]

    def _recall(self, by):
        row = self._row + by
        if not 0 <= row <= len(self.history):
            return ""
        self._row = row
        return self._replace(list(self.history[row]) if row < len(self.history) else [])

    def _replace(self, characters):
        home = self._move("home")
        self._text = characters
        self._size = len(self.text().encode())
        self._spilt = False
        self._at = len(characters)
        return home + self.text() + "\x1b[K"


def _length(first):
    """Bytes of a character that begins so; 1 for what begins none."""
    return 1 if first < 0xC0 or first > 0xF7 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4


def _back(text):
    """Moves the cursor back over it; Korean takes two columns."""
    columns = width(text)
    return "\x1b[%dD" % columns if columns else ""


def width(text):
    """Columns of a terminal."""
    return sum(
        [2 if ord(c) >= 0x1100 and (ord(c) < 0x1160 or ord(c) >= 0x2E80) else 1 for c in text]
    )


def words(text):
    """The words of a line; "two words" in quotes are one.  None where a quote has no end."""
    found, word, quoted, open_word = [], "", False, False
    for c in text:
        if c == '"':
            quoted = not quoted
            open_word = True
        elif c in " \t" and not quoted:
            if open_word:
                found.append(word)
            word, open_word = "", False
        else:
            word += c
            open_word = True
    if quoted:
        return None
    return found + [word] if open_word else found
