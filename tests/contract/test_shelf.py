"""hw/shelf and hw/flash: what outlives what, and what happens where a storage fails."""

import json

import pytest

from smartbin import config, memory, outbox
from tests.contract.chip import NODE, SETTINGS, Chip, blob, settings

SIZE = 2 << 20
FULL = memory.ROOM - 1  # from so many on they move to flash
TIMER = {"reset_cause": 4, "wake_reason": 4}
WATCHDOG = {"reset_cause": 3, "wake_reason": 0}

# Each wake recalls, looks at the settings and does what the frame says.
PROGRAM = (
    NODE
    + """
import os, twin
from smartbin import fill, outbox, report
from smartbin.outbox import Segment
shelf, flash = node.shelf, node.flash
mem = shelf.recall()
cfg = shelf.settings()
SILENT = echo.skipped(echo.SAFE)
def measure(n, alarm=0):
    for _ in range(n):
        mem.outbox.put(report.reading(mem.seq, 100, 0, SILENT, fill.NOTHING, alarm))
        mem.seq += 1
        shelf.secure(mem)
        shelf.keep(mem)
def acknowledge():
    mem.outbox.forget(len(mem.outbox))
    mem.acked, mem.gap_from, mem.gap_to = mem.seq, 0, 0
    shelf.acknowledged(mem)
    shelf.keep(mem)
def waiting():
    found = []
    while True:
        name, segment, count = shelf.oldest_segment()
        if not name:
            return found
        found += [(segment.epoch, r.seq) for r in outbox.Readings(segment.rows, segment.next_seq)]
        assert flash.drop(name)
def segment(first):
    rows = [report.reading(first + i, 0, 0, SILENT, fill.NOTHING, 0) for i in range(40)]
    return Segment(1, first + 40, b"".join([report.pack(r) for r in rows]))
def spoil(name, data):
    with open(flash._path(name), "wb") as file:
        file.write(data)
exec(twin.s.frame["todo"])
machine.deepsleep(1000)
"""
)


class Desk:
    """A node on the desk; what outlives a wake is there in the next."""

    def __init__(self, chip: Chip, folder, **stored):
        self._chip = chip
        self._flash = (str(folder / "flash" / "0"), SIZE)
        self.rtc = b""
        self.nvs = settings(**stored)
        self.wrote_nvs = False
        self._wakes = 0

    def wake(self, todo="measure(1)", cause=TIMER, **changes):
        """One wake; the Memory that it left in RTC memory."""
        found = self._run(todo, {**cause, **changes})
        assert found["crash"] is None, found["crash"]
        assert found["how"] == "deepsleep"
        return self.mem

    def dies(self, todo, **changes):
        """One wake that does not end asleep, and how it did end."""
        return self._run(todo, {**TIMER, **changes})["how"]

    def loses_power(self, todo="shelf.keep(mem)", **changes):
        self.rtc = b""
        return self.wake(todo, {"reset_cause": 1, "wake_reason": 0}, **changes)

    def ask(self, expression, **changes):
        """What an expression is worth in a wake that leaves RTC memory and NVS as they were."""
        told = {"todo": f"say({expression})", **self._held(), **TIMER, **changes}
        return self._chip.wake(self.rtc, **told).said

    @property
    def mem(self):
        return memory.load(self.rtc)

    @property
    def numbers(self):
        return self.nvs["smartbin"]

    def _held(self):
        return {"nvs": json.loads(json.dumps(self.nvs)), "flash": self._flash}

    def _run(self, todo, changes):
        self._wakes += 1
        told = {"todo": todo, "true_ms": 1_600_000_000_000 + self._wakes, **self._held()}
        found = self._chip.wake(self.rtc, **{**told, **changes})
        self.rtc = found.rtc
        self.wrote_nvs = found["nvs"] is not None
        if self.wrote_nvs:
            self.nvs = found["nvs"]
        return found


@pytest.fixture
def desk(boot, tmp_path):
    """desk(**stored settings) -> a Desk that was just mounted: its first start is over."""

    def mounted(**stored):
        one = Desk(boot(PROGRAM), tmp_path, **stored)
        one.loses_power("shelf.keep(mem); mem.notes.told(); shelf.keep(mem)")
        return one

    return mounted


def seqs(mem):
    return [r.seq for r in mem.outbox.readings(mem.seq)]


def notes(mem):
    return dict(mem.notes.since())


# -- cold starts -------------------------------------------------------------------------------


def test_a_new_node_begins_at_nought_with_an_epoch_of_its_own(desk):
    mem = desk().mem
    assert (mem.boot, mem.seq, mem.acked, mem.gap_to, mem.outbox.lost) == (1, 0, 0, 0, 0)
    assert 0 < mem.epoch < 1 << 31


def test_numbers_are_promised_to_nvs_ahead_of_their_use(desk):
    one = desk()
    writes = []
    for _ in range(35):
        one.wake()
        writes.append(one.wrote_nvs)
    assert [i for i, wrote in enumerate(writes) if wrote] == [15, 31], (
        "the first promise is for 16"
    )
    assert one.numbers["seq"] == 48
    assert one.mem.seq == 35


def test_a_loss_of_power_skips_to_the_promise_and_reports_the_gap(desk):
    one = desk()
    one.wake("measure(5); acknowledge(); measure(3)")
    mem = one.loses_power()
    assert (mem.boot, mem.seq, mem.acked) == (2, 16, 5)
    assert (mem.gap_from, mem.gap_to) == (5, 16)
    assert seqs(mem) == []
    assert "memory" not in notes(mem)


def test_a_gap_stands_until_it_was_told(desk):
    one = desk()
    one.wake("measure(5)")
    assert (one.loses_power().gap_from, one.mem.gap_to) == (0, 16)
    one.wake("measure(1)")
    assert (one.loses_power().gap_from, one.mem.gap_to) == (0, 32)
    one.wake("measure(1); acknowledge()")
    assert (one.mem.gap_from, one.mem.gap_to) == (0, 0)
    assert (one.loses_power().gap_from, one.mem.gap_to) == (33, 48)


def test_no_number_comes_twice_however_often_the_power_goes(desk):
    one, used = desk(), []
    for n in (1, 3, 16, 17, 0, 2):
        one.wake(f"measure({n})")
        used += seqs(one.mem)
        one.loses_power()
    assert len(used) == 39
    assert len(set(used)) == 39


def test_what_nvs_knows_comes_back(desk):
    one = desk()
    one.wake("measure(1); mem.outbox.lost = 12; mem.known_s = 700_000_000; acknowledge()")
    mem = one.loses_power()
    assert (mem.outbox.lost, mem.known_s, mem.acked) == (12, 700_000_000, 1)
    assert mem.epoch == one.numbers["epoch"]


def test_rubbish_in_rtc_memory_is_a_cold_start_and_noted(desk):
    one = desk()
    one.wake("measure(5)")
    rubbish = (b"", b"\xff" * 2048, bytes(2048), one.rtc[:1000], b"BS\2\1" * 512)
    for times, image in enumerate(rubbish, 1):
        one.rtc = image
        mem = one.wake("shelf.keep(mem)")
        assert notes(mem).get("memory") == 1
        assert (mem.seq, mem.gap_from, mem.gap_to) == (16 * times, 0, 16 * times)


def test_rtc_memory_that_outlived_a_brown_out_counts(desk):
    one = desk()
    one.wake("measure(5)")
    mem = one.wake("shelf.keep(mem)", {"reset_cause": 1, "wake_reason": 0})
    assert (seqs(mem), mem.boot, mem.gap_to) == ([0, 1, 2, 3, 4], 1, 0)


def test_an_erased_nvs_begins_a_new_epoch(desk):
    one = desk(outbox="flash")
    before = one.wake("measure(5)").epoch
    one.nvs = {}
    mem = one.loses_power()
    assert mem.epoch not in (0, before)
    assert (mem.boot, mem.seq, mem.spilled) == (1, 0, 1)
    assert one.ask("waiting()") == [[before, seq] for seq in range(5)]


def test_a_promise_that_is_gone_begins_a_new_epoch(desk):
    one = desk()
    before = one.wake("measure(5)").epoch
    del one.numbers["seq"]
    mem = one.loses_power()
    assert mem.epoch != before
    assert mem.seq == 0


FAILS = """
import esp32
real = esp32.NVS.set_i32
def fails(*_):
    raise OSError(-0x1105)
esp32.NVS.set_i32 = fails
"""


def test_an_nvs_that_takes_nothing_is_noted_and_the_node_goes_on(desk):
    one = desk()
    mem = one.wake(FAILS + "measure(20)")
    assert seqs(mem) == list(range(20))
    assert (mem.reserved, one.numbers["seq"]) == (16, 16), "no promise that NVS does not hold"
    assert notes(mem)["settings"] > 0


def test_numbers_that_nvs_cannot_hold_get_an_epoch_of_their_own(desk):
    one = desk()
    before = one.wake("measure(3)\n" + FAILS).epoch
    epochs = {before}
    for _ in range(3):
        epochs.add(one.loses_power("measure(3)").epoch)
    assert len(epochs) == 4


# -- resets ------------------------------------------------------------------------------------


def test_a_reset_keeps_everything_and_is_counted(desk):
    one = desk()
    one.wake("measure(5)")
    mem = one.wake("shelf.keep(mem)", WATCHDOG)
    assert (seqs(mem), mem.ill, notes(mem)["reset"]) == ([0, 1, 2, 3, 4], 1, 1)


def test_a_wake_that_always_hangs_at_once_comes_to_safe_mode(desk):
    """Nothing but recall() ran: what it counts must be kept before anything else happens."""
    one = desk()
    hang = "machine.WDT(timeout=1000)\nwhile True:\n    time.sleep(1)"
    for ill in range(4):
        assert one.dies(hang, **(WATCHDOG if ill else TIMER)) == "wdt"
        assert one.mem.ill == ill
    one.rtc = b"rubbish"
    one.dies(hang, **WATCHDOG)
    one.dies(hang, **WATCHDOG)
    assert one.mem.ill == 2, "also from a cold start on"


# -- segments ----------------------------------------------------------------------------------


def test_a_full_outbox_moves_to_flash(desk):
    one = desk()
    mem = one.wake(f"measure({FULL - 1})")
    assert (len(mem.outbox), mem.spilled) == (FULL - 1, 0)
    mem = one.wake()
    assert (len(mem.outbox), mem.spilled, mem.outbox.lost) == (FULL - outbox.SEGMENT, 1, 0)
    assert seqs(mem) == list(range(40, FULL))
    assert one.ask("waiting()") == [[mem.epoch, seq] for seq in range(40)]


def test_segments_are_handed_out_oldest_first(desk):
    one = desk()
    mem = one.wake(f"measure({FULL + 80})")
    assert (mem.spilled, mem.outbox.lost) == (3, 0)
    assert one.ask("[seq for _, seq in waiting()]") == list(range(120))
    assert one.ask("shelf.oldest_segment()") == [None, None, 0]


def test_segments_outlive_a_loss_of_power(desk):
    one = desk()
    before = one.wake(f"measure({FULL})").epoch
    mem = one.loses_power()
    assert mem.spilled == 1
    assert one.ask("waiting()") == [[before, seq] for seq in range(40)]


def test_the_hundred_and_first_segment_costs_the_oldest_and_that_is_counted(desk):
    one = desk()
    one.wake("for i in range(100): flash.spill(segment(40 * i))")
    mem = one.wake(f"measure({FULL})")
    assert (mem.outbox.lost, mem.spilled) == (40, 100)
    assert one.ask("shelf.oldest_segment()[0], len(flash.segments())") == [
        "00000001-00000028-40",
        100,
    ]


def test_a_broken_segment_is_told_by_its_name(desk):
    one = desk()
    one.wake(f"measure({FULL})")
    name = one.ask("shelf.oldest_segment()[0]")
    for rubbish in ("b''", "b'BO'", "bytes(656)", "b'\\xff' * 656", "b'\\0' * 5000"):
        one.wake(f"spoil({name!r}, {rubbish})")
        assert one.ask("shelf.oldest_segment()") == [name, None, 1]
    assert outbox.size_of(name) == 40


def test_other_files_are_no_segments(desk):
    one = desk()
    one.wake(
        "[spoil(name, b'') for name in ('new', 'log', 'readme.txt', '0-0-0', '00000001-x-40')]"
    )
    assert one.ask("shelf.oldest_segment()") == [None, None, 0]


def test_power_cuts_leave_no_litter(desk):
    one = desk()
    for at in range(1, 30):
        one.wake(f"measure({FULL - 1})")
        one.dies("measure(1)", fault={"cut_at_write": at})
        one.loses_power()
    others = [name for name in one.ask("flash._names()") if not outbox.size_of(name)]
    assert set(others) <= {"new", "mirror", "settings"}


# -- the mirror --------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 5, FULL - 1, FULL, FULL + 7])
def test_with_its_outbox_in_flash_a_loss_of_power_costs_no_reading(desk, n):
    one = desk(outbox="flash")
    epoch = one.wake(f"measure({n})").epoch
    mem = one.loses_power()
    assert mem.spilled == (1 if n < FULL else 2)
    assert one.ask("waiting()") == [[epoch, seq] for seq in range(n)]


def test_a_mirror_is_adopted_once(desk):
    one = desk(outbox="flash")
    epoch = one.wake("measure(5)").epoch
    one.loses_power()
    one.loses_power("measure(2)")
    one.loses_power()
    found = one.ask("waiting()")
    assert sorted(found) == [[epoch, seq] for seq in (0, 1, 2, 3, 4, 32, 33)]


def test_a_mirror_that_was_adopted_and_delivered_is_gone(desk):
    one = desk(outbox="flash")
    one.wake("measure(5)")
    assert one.loses_power("waiting(); shelf.keep(mem)").spilled == 1
    assert one.loses_power().spilled == 0


def test_no_number_comes_twice_where_the_power_goes_between_mirror_and_memory(desk):
    """The first reading of a boot is in flash before anything else has seen its number."""
    one, used = desk(outbox="flash"), []
    one.wake("measure(3)")
    for _ in range(4):
        one.loses_power("shelf.keep = lambda mem: None; measure(1)")
        used += one.ask("[seq for _, seq in waiting()]")
    one.loses_power()
    used += one.ask("[seq for _, seq in waiting()]")
    assert len(used) == len(set(used)) == 3 + 4


def test_routine_readings_are_not_mirrored(desk):
    one = desk()
    mem = one.wake("measure(5)")
    assert mem.mirrored == 0
    assert one.loses_power().spilled == 0


def test_an_alarm_that_nobody_heard_outlives_a_loss_of_power(desk):
    one = desk()
    mem = one.wake("measure(2); mem.alarmed = 1; measure(1, 1)")
    assert mem.mirrored == 1
    mem = one.loses_power()
    assert mem.spilled == 1
    rows = "outbox.Readings(shelf.oldest_segment()[1].rows, 3)"
    assert one.ask(f"[r.alarm for r in {rows}]") == [0, 0, 1]


def test_what_was_acknowledged_is_not_delivered_again_after_a_loss_of_power(desk):
    one = desk(outbox="flash")
    mem = one.wake("measure(5); acknowledge()")
    assert (mem.mirrored, mem.acked) == (0, 5)
    mem = one.loses_power()
    assert (mem.spilled, mem.gap_from, mem.gap_to) == (0, 5, 16)


KEPT = """
from smartbin import installed
from smartbin.hw import mounting
kept = installed.Record(0, None, 1200, 250, 600, 1200, None, 30, 30, 0, -60, 2000, 0, 0, ())
mounting.keep(kept)
mem.installed = 1
"""


def test_an_installation_that_nobody_has_heard_of_is_told_after_a_loss_of_power(desk):
    one = desk()
    assert one.wake("shelf.keep(mem)").installed == 0
    one.wake(KEPT + "shelf.keep(mem)")
    mem = one.loses_power()
    assert mem.installed == 1
    one.wake("measure(1); acknowledge()")
    mem = one.loses_power()
    assert mem.installed == 0
    assert one.numbers["install"], "and the record stays"


@pytest.mark.parametrize("size", [41, 43])
def test_a_record_of_another_size_is_none(desk, size):
    look = "mem.installed = 7 if mounting.kept() is None else 1; shelf.keep(mem)"
    one = desk()
    assert one.wake(KEPT + look).installed == 1
    other = f"""
from smartbin.hw import mounting, store
store.put_blob("install", bytes({size}))
{look}
"""
    assert one.wake(other).installed == 7


def test_a_broken_mirror_is_passed_over(desk):
    one = desk(outbox="flash")
    one.wake("measure(5); spoil('mirror', b'BO' + bytes(90))")
    mem = one.loses_power()
    assert (mem.spilled, mem.gap_from, mem.gap_to) == (0, 0, 16)


# -- flash that fails --------------------------------------------------------------------------

GONE = {"flash": ["", SIZE]}


def test_a_blank_flash_is_made_ready_and_that_is_noted(boot, tmp_path):
    one = Desk(boot(PROGRAM), tmp_path)
    one.loses_power("shelf.flash.segments()")
    (tmp_path / "flash" / "0").unlink()
    assert notes(one.loses_power()) == {"flash": 1}
    assert notes(one.loses_power()) == {}


def test_without_flash_readings_are_dropped_and_counted_and_the_node_goes_on(desk):
    one = desk(outbox="flash")
    mem = one.wake(f"measure({FULL + 7})", **GONE)
    assert (len(mem.outbox), mem.outbox.lost, mem.spilled, mem.mirrored) == (FULL + 1, 6, 0, 0)
    assert notes(mem)["flash"] > 7
    mem = one.loses_power("measure(1)", **GONE)
    assert (seqs(mem), mem.gap_from) == ([mem.gap_to], 0)
    assert notes(mem)["flash"] > 0


def test_a_chip_without_a_partition_for_files_goes_on(desk):
    one = desk()
    none = "esp32.Partition.find = lambda *a, **k: []\n"
    mem = one.wake("import esp32\n" + none + f"measure({FULL + 2})")
    assert (len(mem.outbox), mem.outbox.lost) == (FULL + 1, 1)


def test_a_full_flash_keeps_what_it_has(desk):
    one = desk()
    one.wake(f"measure({FULL})")
    mem = one.wake("measure(60)", fault={"flash_full": 1})
    assert len(mem.outbox) + mem.outbox.lost + 40 * mem.spilled == FULL + 60
    assert one.ask("waiting()[:40]") == [[mem.epoch, seq] for seq in range(40)]


def test_a_flash_that_cannot_be_listed_is_not_an_empty_one(desk):
    one = desk()
    one.wake(f"measure({FULL})")
    assert one.ask("shelf.oldest_segment()", **GONE) == [None, None, None]


def test_a_file_system_beyond_repair_is_made_anew_and_noted(desk):
    one = desk()
    one.wake(f"measure({FULL})")
    blank = """
import esp32
blocks = esp32.Partition.find(1, label="vfs")[0]
for block in range(8):
    blocks.writeblocks(block, b"\\x55" * 4096)
"""
    one.wake(blank)
    mem = one.loses_power()
    assert notes(mem) == {"flash": 1}
    assert one.ask("shelf.oldest_segment()") == [None, None, 0]
    assert one.wake(f"measure({FULL})").spilled == 1


def test_a_file_system_that_is_mounted_already_is_used_where_it_is(boot, tmp_path):
    stock = """
import esp32, vfs
blocks = esp32.Partition.find(1, label="vfs")[0]
vfs.VfsLfs2.mkfs(blocks)
vfs.mount(vfs.VfsLfs2(blocks), "/stock")
"""
    one = Desk(boot(stock + PROGRAM), tmp_path)
    mem = one.wake(f"measure({FULL}); assert len(os.listdir('/stock')) >= 1")
    assert (mem.spilled, notes(mem).get("flash")) == (1, None)


def test_the_log_holds_the_last_lines_and_does_not_grow(desk):
    one = desk()
    one.wake("for i in range(300): flash.log('line %d of the log' % i)")
    sizes = one.ask("[os.stat(flash._path(name))[6] for name in ('log', 'log.old')]")
    assert sum(sizes) < 2 * 2100
    assert one.ask("open(flash._path('log')).read().split('\\n')[-2]") == "line 299 of the log"


# -- settings ----------------------------------------------------------------------------------


def of(one):
    """Names and values that the node goes by, and how often it noted a trouble with them."""
    return one.ask("cfg.bin_id, cfg.empty_mm, dict(mem.notes.since()).get('settings', 0)")


@pytest.mark.parametrize(
    "stored", [None, b"", b"{", b"rubbish", b'{"empty_mm": 5}', b'{"no_such": 1}', b"[]"]
)
def test_settings_that_nvs_lost_come_back_from_their_copy(desk, stored):
    one = desk(empty_mm=2000)
    if stored is None:
        del one.numbers["settings"]
    else:
        one.numbers["settings"] = blob(stored)
    mem = one.loses_power()
    assert notes(mem) == {"settings": 1}
    assert of(one)[:2] == ["desk", 2000]
    assert notes(one.loses_power()) == {}, "NVS has them again"


def test_all_of_nvs_may_go_and_the_credentials_stay(desk):
    one = desk(empty_mm=2000)
    one.nvs = {}
    one.loses_power()
    assert one.ask("cfg.wifi_ssid, cfg.wifi_key, cfg.mqtt_host") == [
        SETTINGS[name] for name in ("wifi_ssid", "wifi_key", "mqtt_host")
    ]


def test_the_copy_follows_the_settings_at_the_next_start(desk):
    one = desk(empty_mm=2000)
    one.nvs |= {"smartbin": {**one.numbers, **settings(empty_mm=2500)["smartbin"]}}
    one.loses_power()
    del one.numbers["settings"]
    one.loses_power()
    assert of(one)[1] == 2500


def test_settings_that_cannot_be_used_never_become_the_copy(desk):
    one = desk(empty_mm=2000)
    one.numbers["settings"] = blob(b'{"empty_mm": 5}')
    one.loses_power()
    one.loses_power()
    assert of(one) == ["desk", 2000, 0]


@pytest.mark.parametrize(
    "copy", ["b''", "b'{'", "b'\\xff' * 3000", "b'{\"empty_mm\": 2000'", "b'null'"]
)
def test_without_any_good_copy_the_defaults_stand_in(desk, copy):
    one = desk(empty_mm=2000)
    one.wake(f"spoil('settings', {copy})")
    del one.numbers["settings"]
    mem = one.loses_power()
    assert notes(mem) == {"settings": 1}
    assert of(one)[1] == config.check({}).empty_mm


def test_a_chip_without_flash_keeps_its_settings(desk):
    one = desk(empty_mm=2000)
    one.loses_power(**GONE)
    assert one.ask("cfg.empty_mm", **GONE) == 2000
