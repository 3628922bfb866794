# What survives where: RTC memory through sleep and resets, NVS and flash a loss of power, too.
import machine
from binascii import hexlify
from micropython import const

from smartbin import config, memory
from smartbin.errors import ConfigError
from smartbin.hw import nap, store
from smartbin.hw.flash import Flash
from smartbin.outbox import SEGMENT, Segment, size_of

_MOST_SEGMENTS = const(100)  # 4,000 readings, 41 days at four an hour; then the oldest are dropped
_SPARE = const(1)  # room for the reading of the next wake, where a reset ends the move to flash
_PAPERS = ("ca", "cert", "key")
_KEPT = ("settings",) + _PAPERS  # blobs of NVS that have a copy in flash


class Shelf:
    def __init__(self, cause, raw_s):
        self._cause = cause
        self._raw_s = raw_s
        self._mem = None
        self._cfg = None
        self.flash = Flash(self._made_anew)

    # -- RTC memory and NVS ------------------------------------------------------------------

    def recall(self):
        """The Memory of the wakes before this one; a new one after a cold start."""
        mem = self._mem = memory.load(nap.recall()) or self._cold()
        if self._cause == "power":  # nobody knows for how long it was away
            mem.net = bytes(memory.NET_SIZE)
        if self._cause in ("power", "reset"):  # between a segment's move and its being noted?
            self._try(self._count, mem)
        if self._cause == "reset":
            mem.ill = min(255, mem.ill + 1)
            self._note("reset")
            nap.keep(memory.save(mem))  # or one that always ends so would never count to safe mode
        return mem

    def keep(self, mem):
        """Write what must survive a nap or a reset.  NVS once in memory.RESERVE readings."""
        if mem.seq >= mem.reserved:
            before, mem.reserved = mem.reserved, mem.seq + memory.RESERVE
            if not self._put(mem):
                mem.reserved = before  # not promised: try again
        nap.keep(memory.save(mem))

    def acknowledged(self, mem):
        """The broker has everything below mem.acked."""
        self._put(mem, starts=0, **({"untold": 0} if mem.installed else {}))
        if mem.mirrored:
            self._try(self.flash.unmirror)
            mem.mirrored = 0

    def _put(self, mem, **more):
        """Did NVS take it?"""
        try:
            more.update(epoch=mem.epoch, boot=mem.boot, seq=mem.reserved)
            store.put(acked=mem.acked, lost=mem.outbox.lost, known=mem.known_s, **more)
        except OSError:
            self._note("settings")
            return False
        return True

    def _cold(self):
        """A Memory from what NVS and flash have."""
        seq, epoch = store.number("seq"), store.number("epoch")
        if not (epoch and seq):  # a new node, or one whose NVS is gone: no number comes twice
            epoch = store.new_epoch()
        mem = self._mem = memory.Memory(epoch, store.number("boot") + 1, seq)
        mem.known_s, mem.starts = store.number("known"), store.number("starts")
        mem.outbox.lost = store.number("lost")
        mem.installed = store.number("untold")
        mem.acked = min(seq, store.number("acked"))
        if mem.acked < seq:
            mem.gap_from, mem.gap_to = mem.acked, seq
        if self._cause != "power":
            self._note("memory")
        self._try(self._adopt, mem)
        mem.reserved = seq + memory.RESERVE  # flash may see the first reading before keep() does
        if not self._put(mem, starts=mem.starts + 1):
            mem.reserved, mem.epoch = seq, store.new_epoch()  # the next start finds the same again
        return mem

    # -- flash -------------------------------------------------------------------------------

    def secure(self, mem):
        """To flash: what does not fit into RTC memory, or must not go with the power.

        Was there anything to do?
        """
        full = len(mem.outbox) >= mem.outbox.room - _SPARE
        if full:
            self._try(self._spill, mem)
        copied = mem.alarmed or self._cfg.outbox == "flash"
        if copied:
            copy = Segment(mem.epoch, mem.seq, mem.outbox.rows)
            if self._try(self.flash.mirror, copy):
                mem.mirrored = 1
        return full or copied

    def oldest_segment(self):
        """(name, Segment or None where it is broken, how many there are) of the oldest one.

        (None, None, 0) where there is none; (None, None, None) where the flash fails.
        """
        names = self._try(self.flash.segments)
        if not names:
            return None, None, None if names is None else 0
        return names[0], self.flash.read(names[0]), len(names)

    def _spill(self, mem):
        rows = mem.outbox.rows[: SEGMENT * 16]
        next_seq = mem.outbox.readings(mem.seq)[SEGMENT - 1].seq + 1
        self.flash.spill(Segment(mem.epoch, next_seq, rows))
        mem.outbox.forget(SEGMENT)
        mem.spilled = min(255, mem.spilled + 1)
        self._trim(mem)

    def _trim(self, mem):
        names = self.flash.segments()
        for name in names[:-_MOST_SEGMENTS]:
            if self.flash.drop(name):
                mem.outbox.lost += size_of(name)
        mem.spilled = min(_MOST_SEGMENTS, len(names))

    def _adopt(self, mem):
        """After a loss of power: a mirror becomes a segment, and segments are counted."""
        found = self.flash.mirrored()
        if found is not None:
            self.flash.spill(found)
            self.flash.unmirror()
        self._count(mem)

    def _count(self, mem):
        mem.spilled = len(self.flash.segments())

    # -- settings ----------------------------------------------------------------------------

    def settings(self):
        """The checked settings: from NVS, or else their copy in flash, or else the defaults."""
        data = self._try(store.blob, "settings")
        cfg = self._checked(data)
        if cfg is None:
            copy = self._try(self.flash.copy, "settings")
            if data != b"" or copy or self._at_work():
                self._note("settings")
            cfg = self._checked(copy)
            if cfg is not None:
                self._try(self._restore)
        elif self._cause == "power":
            self._try(self._back_up)
        self._cfg = cfg = cfg or config.check({})
        if cfg.bin_id:
            return cfg
        return config.Config("sb-%s" % hexlify(machine.unique_id()).decode(), *cfg[1:])

    def papers(self):
        """[our CA, own certificate, its key] for TLS, from NVS or flash; b"" for none."""
        found = [self._try(store.blob, name) for name in _PAPERS]
        if not found[0]:
            found = [self._try(self.flash.copy, name) for name in _PAPERS]
        return [paper or b"" for paper in found]

    def _restore(self):
        for name in _KEPT:
            data = self.flash.copy(name)
            if data:
                store.put_blob(name, data)

    def _back_up(self):
        for name in _KEPT:
            data = store.blob(name)
            if data and self.flash.copy(name) != data:
                self.flash.copy(name, data)

    def _checked(self, data):
        try:
            return config.check(store.table(data)) if data else None
        except (ConfigError, ValueError):
            return None

    def _try(self, step, *args):
        """The step's result; None and a note where storage fails."""
        try:
            return step(*args)
        except OSError:
            self._note("flash")

    def _made_anew(self):
        if self._at_work():
            self._note("flash")

    def _at_work(self):  # before this boot; else it is new altogether
        return self._mem is not None and self._mem.boot > 1

    def _note(self, what):
        if self._mem is not None:
            self._mem.notes.add(what, 0, self._raw_s())
