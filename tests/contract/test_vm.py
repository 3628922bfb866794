"""The interpreter of the simulator: warm or cold alike, mortal, and never upset by RTC memory."""

import dataclasses
import random
import struct

import pytest

from sim import fleet, summary
from sim.errors import SimError
from sim.scenario import load
from sim.vm import Vm
from smartbin import memory
from tests.contract.chip import BOARD, HERE, device

WALL_CLOCK = ("wall_s", "wakes_per_s")


# -- warm and cold --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def runs():
    scenario = load(HERE / "warm_or_cold.toml")
    return [
        fleet.run(dataclasses.replace(scenario, run=dataclasses.replace(scenario.run, cold=cold)))
        for cold in (False, True)
    ]


def test_a_warm_interpreter_lives_the_same_wakes_as_a_cold_one(runs):
    warm, cold = runs
    assert len(warm.bins) == 6
    for one, other in zip(warm.bins, cold.bins, strict=True):
        assert len(one.wakes) > 80
        assert one.wakes == other.wakes
        assert sorted(one.deliveries, key=_row) == sorted(other.deliveries, key=_row)
        assert (one.charge_mc, one.troubles) == (other.charge_mc, other.troubles)


def _row(delivery):
    return (delivery.seq, delivery.delivered_s)


def test_and_its_summary_is_the_same(runs):
    warm, cold = [summary.of(run) for run in runs]
    assert warm["troubles"], "the faults have struck"
    assert _timeless(warm) == _timeless(cold)


def _timeless(found):
    return {key: value for key, value in found.items() if key not in WALL_CLOCK}


COUNT = """
import sys
sys.path.append({folder!r})
import counted
counted.n += 1
say(counted.n)
"""


def test_only_a_cold_wake_loads_its_modules_anew(boot, tmp_path):
    (tmp_path / "counted.py").write_text("n = 0\n")
    chip = boot(COUNT.format(folder=str(tmp_path)))
    assert [chip.wake(cold=cold).said for cold in (False, False, True, False)] == [1, 2, 1, 2]


# -- the process ----------------------------------------------------------------------------------


def test_an_interpreter_that_dies_gives_its_last_words(boot):
    chip = boot("print('I see a light'); import uctypes; uctypes.bytearray_at(16, 4)[0]")
    with pytest.raises(SimError, match=r"ended with -?\d+: I see a light"):
        chip.wake()
    with pytest.raises(SimError, match="I see a light"):
        chip.wake()


def test_so_does_one_that_cannot_start(boot):
    with pytest.raises(SimError, match="SyntaxError"):
        boot("def").wake()


def test_an_interpreter_that_hangs_can_be_closed(tmp_path):
    main = tmp_path / "main.py"
    main.write_text("while True: pass\n")
    vm = Vm(BOARD, main)
    vm.begin(device().frame(), b"")
    vm.close()  # comes back
    assert vm.fileno() == -1


def test_a_frame_may_be_long(run):
    long = "x" * 66_000  # more than 16 bits can say
    found = run(
        "import twin; say(len(twin.s.frame['nvs']['space']['long']))",
        nvs={"space": {"long": long}},
    )
    assert found.said == len(long)


def test_what_is_printed_disturbs_nothing(run):
    assert run("print('{' * 5000); import sys; sys.stdout.write('x'); say(1)").said == 1


# -- RTC memory -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def node():
    """node(rtc) -> (answer, rtc) of one wake of the real firmware."""
    with Vm(BOARD) as vm:
        yield lambda rtc: vm.wake(device().frame(), rtc)


@pytest.fixture(scope="module")
def image(node):
    """A whole image, as the firmware leaves it."""
    return node(b"")[1]


def normal(answer, rtc):
    """A wake that measured and sleeps, and left an image that can be read."""
    assert (answer["how"], answer["crash"]) == ("deepsleep", None)
    assert 1000 <= answer["sleep_ms"] <= 1_350_000  # to the slot after the next
    assert answer["pings"] >= 3
    return memory.load(rtc)


@pytest.mark.parametrize("size", [*range(0, 2049, 128), 1, 1023, 1025, 2047])
def test_rtc_memory_of_every_size_is_a_cold_start(node, image, size):
    rng = random.Random(size)
    for rtc in (rng.randbytes(size), bytes(size), b"\xff" * size, image[:size]):
        if len(rtc) == len(image) and rtc == image:
            continue
        mem = normal(*node(rtc))
        assert (mem.boot, mem.seq) == (1, 1)


HEAD = struct.Struct("<HBBI")  # as in smartbin.memory: magic, version, rows, generation


def _damaged(image):
    """Ways in which both slots can be wrong: name, image."""
    rng = random.Random(7)
    slot = image[1024:]  # the first save goes there
    assert HEAD.unpack_from(slot)[0] == HEAD.unpack_from(image, 1024)[0]
    yield "the two slots in the wrong places, cut", slot[1:] + image[:1025]
    yield "only heads", slot[:12] + bytes(1012) + slot[:12] + bytes(1012)
    yield "another version", slot[:2] + b"\xfe" + slot[3:] + slot[:2] + b"\xfe" + slot[3:]
    yield "more rows than fit", (slot[:3] + b"\xff" + slot[4:]) * 2
    yield "another generation", (slot[:4] + b"\x55\x55\x55\x55" + slot[8:]) * 2
    for at in (0, 8, 12, 16, 40, 44, 48, 60, 90, 131, 132, 140, 600, 1023):
        bad = bytearray(slot)
        bad[at] ^= 1 << rng.randrange(8)
        yield f"a bit of byte {at}", bytes(bad) * 2


KINDS = 19


@pytest.mark.parametrize("kind", range(KINDS))
def test_a_damaged_image_is_a_cold_start(node, image, kind):
    damage = list(_damaged(image))
    assert len(damage) == KINDS
    name, rtc = damage[kind]
    mem = normal(*node(rtc))
    assert (mem.boot, mem.seq) == (1, 1), name


def test_one_whole_slot_is_enough(node, image):
    older = image
    newer = node(older)[1]
    assert normal(*node(newer)).seq == 3
    for at in (0, 1024):
        torn = newer[:at] + bytes(500) + newer[at + 500 :]
        assert normal(*node(torn)).seq in (2, 3), "one reading may be lost, not the memory"
