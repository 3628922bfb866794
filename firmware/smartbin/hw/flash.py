# The file system: what RTC memory has no room for, or must not lose with the power.
#
# segments  40 readings each, moved out of a full outbox; deleted when the broker has them
# mirror    a copy of the outbox, for alarms and for the setting outbox = "flash"
# settings, ca, cert, key: copies of what NVS holds, should it be lost
# log       a line for each thing worth a flash write; one old log is kept
# Every file is written under another name and renamed: a cut leaves the old file or the new.
import errno
import esp32
import os
import vfs

from smartbin import outbox

_FOLDER = "/data"
_MIRROR = "mirror"
_LOG_BYTES = 2048


class Flash:
    """Mounted at its first use, so that a wake without need of it does not pay for it."""

    def __init__(self, made_anew):
        self._folder = None
        self._made_anew = made_anew  # called where there was no file system, or none to repair

    def spill(self, segment):
        """Keep a outbox.Segment; OSError where that cannot be done."""
        self._write(outbox.name_of(segment), outbox.pack_segment(segment))

    def segments(self):
        """Names of all segments, oldest first."""
        return sorted([name for name in self._names() if outbox.size_of(name)])

    def read(self, name):
        """The Segment of that name, or None where it is not whole."""
        try:
            with open(self._path(name), "rb") as file:
                return outbox.unpack_segment(file.read())
        except OSError:
            return None

    def drop(self, name):
        """Is it gone?"""
        try:
            os.remove(self._path(name))
        except OSError as e:
            return e.errno == errno.ENOENT
        return True

    def mirror(self, segment):
        return self._write(_MIRROR, outbox.pack_segment(segment))

    def mirrored(self):
        return self.read(_MIRROR)

    def unmirror(self):
        self.drop(_MIRROR)

    def log(self, line):
        """One more line; the log before the last two kilobytes is forgotten."""
        path = self._path("log")
        try:
            if os.stat(path)[6] > _LOG_BYTES:
                os.rename(path, self._path("log.old"))
        except OSError:
            pass  # the first line
        with open(path, "a") as file:
            file.write(line + "\n")

    def copy(self, name, data=None):
        """The copy of a blob of NVS: written where data is given; b"" where there is none."""
        if data is not None:
            self._write(name, data)
            return data
        try:
            with open(self._path(name), "rb") as file:
                return file.read()
        except OSError:
            return b""

    def _write(self, name, data):
        new = self._path("new")  # one name for all: cuts leave no more than one of them
        with open(new, "wb") as file:
            file.write(data)
        os.rename(new, self._path(name))
        return True

    def _path(self, name):
        return "%s/%s" % (self._mounted(), name)

    def _names(self):
        return [entry[0] for entry in os.ilistdir(self._mounted())]

    def _mounted(self):
        if self._folder is None:
            self._folder = _already() or self._mount()
        return self._folder

    def _mount(self):
        found = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="vfs")
        if not found:
            raise OSError(errno.ENODEV)
        blocks = found[0]
        try:
            vfs.mount(vfs.VfsLfs2(blocks, mtime=False), _FOLDER)
        except OSError:  # blank, or beyond repair
            vfs.VfsLfs2.mkfs(blocks)
            vfs.mount(vfs.VfsLfs2(blocks, mtime=False), _FOLDER)
            self._made_anew()
        return _FOLDER


def _already():
    """Where the stock firmware's _boot.py has mounted it; a second mount would ruin it."""
    for fs, where in vfs.mount():
        if isinstance(fs, vfs.VfsLfs2):
            return "" if where == "/" else where
    return None
