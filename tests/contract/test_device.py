"""The twin of a board: what a nap does to clocks, memory and buttons, and what it costs."""

import pytest

from sim import energy, fleet
from sim.scenario import load
from tests.contract.chip import BOARD, C3, HERE, device

HOUR_MS = 3_600_000
NAP = f"import time; say(time.time_ns() // 1_000_000); machine.deepsleep({HOUR_MS})"


# -- the sleep clock ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_nap_takes_longer_or_shorter_but_an_hour_by_its_own_clock(boot, seed):
    chip, twin = boot(NAP), device(path=HERE / "drifting.toml", seed=seed)
    first = chip.live(twin)
    true_ms = twin.next_ms - first.t_ms - first.awake_ms
    assert 0 < abs(true_ms - HOUR_MS) <= 0.06 * HOUR_MS
    before_ms = int(twin.rtc)
    chip.live(twin)
    assert int(twin.rtc) - before_ms == pytest.approx(HOUR_MS + first.awake_ms, abs=1)


def test_each_bin_drifts_in_its_own_way(boot):
    chip, off_ms = boot(NAP), set()
    for seed in range(40):
        twin = device(path=HERE / "drifting.toml", seed=seed)
        wake = chip.live(twin)
        off_ms.add(twin.next_ms - wake.t_ms - wake.awake_ms - HOUR_MS)
    assert len(off_ms) == 40
    assert min(off_ms) < -0.02 * HOUR_MS
    assert max(off_ms) > 0.02 * HOUR_MS


def test_the_clock_is_true_while_the_chip_is_awake(boot):
    twin = device(path=HERE / "drifting.toml")
    chip = boot("import time; time.sleep(1000); machine.deepsleep(1)")
    wake = chip.live(twin)
    assert twin.clock_ms == wake.awake_ms == 1_000_070


def test_a_nap_without_a_timer_has_no_end(boot):
    twin = device()
    assert boot("machine.deepsleep()").live(twin).nap_ms is None
    assert twin.next_ms > 1 << 50


# -- causes ---------------------------------------------------------------------------------------

CAUSE = "say(machine.reset_cause(), machine.wake_reason()); machine.deepsleep(1000)"


def test_a_brown_out_looks_like_power_on(boot):
    chip, twin = boot(CAUSE), device()
    chip.live(twin)
    assert twin.rtc == b"[1, 0]", "power-on"
    twin.cause = "brownout"
    chip.live(twin)
    assert twin.rtc == b"[1, 0]"


@pytest.mark.parametrize(
    ("end", "cause"),
    [
        ("machine.deepsleep(1000)", b"[4, 4]"),
        ("machine.reset()", b"[2, 0]"),
        ("machine.soft_reset()", b"[5, 0]"),
        ("import time; machine.WDT(timeout=1000); time.sleep(60)", b"[3, 0]"),
    ],
)
def test_how_a_wake_ended_is_how_the_next_one_begins(boot, end, cause):
    chip, twin = boot(CAUSE.replace("machine.deepsleep(1000)", end)), device()
    first = chip.live(twin)
    second = chip.live(twin)
    assert twin.rtc == cause, "and RTC memory has outlived it"
    assert 0 < second.t_ms - first.t_ms - first.awake_ms <= 1100


# -- the service button ---------------------------------------------------------------------------

ARMED = """
import esp32, board
pin = machine.Pin(board.SERVICE_PIN, machine.Pin.IN)
if board.CHIP == "esp32":
    esp32.wake_on_ext0(pin, esp32.WAKEUP_ALL_LOW)
else:
    esp32.wake_on_gpio((pin,), esp32.WAKEUP_ALL_LOW)
"""


@pytest.mark.parametrize(("board", "reason"), [(BOARD, b"[4, 2]"), (C3, b"[4, 7]")])
def test_an_armed_button_ends_the_nap(boot, board, reason):
    chip, twin = boot(ARMED + CAUSE, board), device(board)
    end_ms = chip.live(twin).t_ms + 500
    assert twin.press_button(end_ms)
    assert chip.live(twin).t_ms == end_ms
    assert twin.rtc == reason


def test_a_button_that_nobody_armed_does_nothing(boot):
    chip, twin = boot(CAUSE), device()
    assert not twin.press_button(0), "not before the first wake"
    chip.live(twin)
    due_ms = twin.next_ms
    assert not twin.press_button(due_ms - 500)
    assert (twin.next_ms, twin.cause) == (due_ms, "timer")


def test_a_button_does_nothing_without_power(boot):
    chip, twin = boot(ARMED + "machine.deepsleep(7_200_000)"), device(path=HERE / "cut.toml")
    chip.live(twin)
    assert twin.cause == "power"
    assert not twin.press_button(twin.next_ms - 1000)


# -- loss of power, and of sleep ------------------------------------------------------------------


def test_a_power_cut_takes_rtc_memory_and_clock_and_leaves_nvs_and_flash(boot, tmp_path):
    program = """
import esp32, time, vfs
part = esp32.Partition("vfs")
b = bytearray(3)
part.readblocks(7, b)
n = esp32.NVS("space")
seen = n.get_i32("n") if machine.RTC().memory() == b"" and b == b"abc" else None
n.set_i32("n", 5); n.commit()
part.writeblocks(7, b"abc")
say(seen, time.time())
machine.deepsleep(7_200_000)
"""
    chip, twin = boot(program), device(path=HERE / "cut.toml", flash=tmp_path)
    twin.nvs = {"space": {"n": 4}}
    chip.live(twin)
    assert twin.rtc == b"", "the battery was out before the nap was over"
    back = chip.live(twin)
    assert (back.t_ms, back.cause) == (2 * HOUR_MS, "power")
    assert (twin.nvs, twin.bin.troubles) == ({"space": {"n": 5}}, {})


@pytest.mark.parametrize("end", ["1/0", "pass", "while True: machine.lightsleep()"])
def test_who_never_sleeps_deeply_never_wakes_again(boot, end):
    twin = device()
    wake = boot(end).live(twin)
    assert wake.nap_ms is None
    assert twin.next_ms > 1 << 50
    assert not twin.press_button(wake.t_ms + 1000)


@pytest.mark.parametrize("end", ["1/0", "pass"])
def test_a_node_that_stays_awake_empties_its_battery(boot, end):
    twin = device()
    chip = boot(end)
    began_ms = chip.live(twin).t_ms
    twin.rest_until(began_ms + 24 * HOUR_MS)
    assert twin.bin.troubles == {"awake for ever": 1}
    assert sum(twin.charge_mc.values()) == pytest.approx(
        24 * 3600 * energy.currents_ma("esp32", 0)["cpu"], rel=0.001
    )


# -- the fleet ------------------------------------------------------------------------------------


def test_a_very_short_run_still_wakes_every_bin_once(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    done = fleet.run(load(HERE / "quiet.toml", days=0.01, bins=30))
    assert all(len(one.wakes) >= 2 for one in done.bins), "the last one is the button's"
    assert [one.wakes[-1].cause for one in done.bins] == ["button"] * 30
    assert list(tmp_path.iterdir()) == [], "no flash is left behind"


# One more line in a file at each wake; a bin that finds too few or too many stays awake.
KEEP_A_LOG = """
import machine, esp32, vfs
part = esp32.Partition("vfs")
wakes = machine.RTC().memory()
if not wakes:
    vfs.VfsLfs2.mkfs(part)
vfs.mount(vfs.VfsLfs2(part), "/flash")
with open("/flash/log", "a") as log:
    log.write("one wake of %s\\n" % machine.unique_id())
with open("/flash/log") as log:
    lines = log.readlines()
assert len(lines) == len(wakes) + 1 and len(set(lines)) == 1
machine.RTC().memory(wakes + b".")
machine.deepsleep(60_000)
"""


def test_a_fleet_keeps_the_flash_of_its_bins_apart_and_leaves_none_behind(tmp_path, monkeypatch):
    main = tmp_path / "main.py"
    main.write_text(KEEP_A_LOG)
    temporary = tmp_path / "tmp"
    temporary.mkdir()

    class LoggingVm(fleet.Vm):
        def __init__(self, board):
            super().__init__(board, main)

    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setattr(fleet, "Vm", LoggingVm)
    done = fleet.run(load(HERE / "quiet.toml", days=0.02, bins=5))
    assert [one.troubles for one in done.bins] == [{}] * 5
    assert all(len(one.wakes) > 5 for one in done.bins)
    assert list(temporary.iterdir()) == []
