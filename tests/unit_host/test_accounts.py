"""Every reading is looked for where it can be: nothing is lost by the way that it is counted."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sim import accounts
from sim.accounts import Left
from sim.ledger import Ledger
from sim.run import BinRun, Wake
from sim.waste import Steps
from smartbin import memory, report

EPOCH = 7
TAKEN = {"awake_ms": 330, "phases": {}, "taken": 1, "cause": "timer", "nap_ms": 1}


class Twin:
    """What the accounts ask of a device."""

    lived_ms = 86_400_000

    def __init__(self, one):
        self.bin = one
        self.charge_mc = {"sleep": 3600.0, "service": 400.0}

    def battery_years(self, mah_per_day):
        return mah_per_day


def reading(seq, pct=50, stamp=2, at_s=600_000_000):
    return report.Reading(seq, at_s, stamp, pct, pct, pct, 700, 0, 4, 0, 9, 9, 12, 0, 0, 0)


def message(*seqs, epoch=EPOCH, gap=None, lost=0, notes=(), bin_id="bin-001", news=(), spent_mc=0):
    now = report.Bin((), tuple(news), *report.QUIET[2:])
    facts = (3600, -60, 3600, lost, gap, list(notes), now, spent_mc, None)
    header = report.Header(bin_id, epoch, 1, *facts)
    return f"smartbin/v1/{bin_id}/report", report.encode(header, [reading(seq) for seq in seqs])


def a_bin(count, radio=(), epoch=EPOCH):
    """One that took readings 0 .. count - 1 in as many wakes."""
    one = BinRun(0, "bin-001", "", Steps([0], [48.0], []))
    for k in range(count):
        one.wakes.append(Wake(t_ms=k * 900_000, radio=k in radio, number=(epoch, k), **TAKEN))
    return one


def booked(one, *messages, **left):
    accounts.book([Twin(one)], list(messages), lambda device: Left(**{"epoch": EPOCH, **left}))
    return one


def sums(one):
    return (one.lost, one.dropped, one.waiting, one.gap, one.unfinished)


def test_what_arrived_is_not_lost():
    one = booked(a_bin(3, radio=(2,)), message(0, 1, 2))
    assert sums(one) == (0, 0, 0, 0, 0)
    assert [(d.seq, d.wake, d.newest, d.again) for d in one.deliveries] == [
        (0, 2, False, False),
        (1, 2, False, False),
        (2, 2, True, False),
    ]


def test_what_is_nowhere_is_lost_and_named():
    one = booked(a_bin(3, radio=(2,)), message(0, 2))
    assert sums(one) == (1, 0, 0, 0, 0) and one.vanished == [(EPOCH, 1)]


def test_what_the_node_still_holds_waits():
    one = booked(a_bin(3), numbers={(EPOCH, 0), (EPOCH, 1), (EPOCH, 2)})
    assert sums(one) == (0, 0, 3, 0, 0)


def test_what_it_holds_and_has_delivered_does_not_wait():
    one = booked(a_bin(2, radio=(1,)), message(0, 1), numbers={(EPOCH, 0), (EPOCH, 1)})
    assert sums(one) == (0, 0, 0, 0, 0)


def test_what_it_says_it_dropped_is_not_lost_but_no_more_than_that():
    assert sums(booked(a_bin(5, radio=(4,)), message(3, 4, lost=3))) == (0, 3, 0, 0, 0)
    assert sums(booked(a_bin(5, radio=(4,)), message(3, 4, lost=2))) == (1, 2, 0, 0, 0)
    assert sums(booked(a_bin(5, radio=(4,)), message(3, 4), dropped=3)) == (0, 3, 0, 0, 0)


def test_a_loss_is_never_negative():
    assert sums(booked(a_bin(2, radio=(1,)), message(0, 1, lost=40))) == (0, 40, 0, 0, 0)


def test_a_gap_explains_its_numbers_and_counts_those_that_were_never_used():
    one = booked(a_bin(4, radio=(3,)), message(3, gap=(1, 3)))
    assert sums(one) == (1, 0, 0, 2, 0) and one.vanished == [(EPOCH, 0)]
    assert sums(booked(a_bin(2, radio=(1,)), message(20, gap=(0, 16)))) == (0, 0, 0, 16, 0)


def test_a_gap_that_is_yet_to_be_reported_is_known_as_well():
    assert sums(booked(a_bin(3), gap=(EPOCH, 0, 3))) == (0, 0, 0, 3, 0)


def test_readings_of_an_epoch_that_ended_are_known_to_be_gone():
    one = booked(a_bin(3, radio=(2,)), message(0, 1), epoch=EPOCH + 1)
    assert sums(one) == (0, 0, 0, 1, 0)


def test_numbers_of_another_epoch_are_other_readings():
    one = booked(a_bin(1, radio=(0,)), message(0, epoch=EPOCH + 1))
    assert one.vanished == [(EPOCH, 0)] and not one.deliveries[0].again


def test_the_same_number_twice_is_a_duplicate():
    one = booked(a_bin(2, radio=(0, 1)), message(0), message(0, 1))
    assert [d.again for d in one.deliveries] == [False, True, False]
    assert one.sessions == 2


def test_segments_belong_to_the_session_of_the_message_before_them():
    one = booked(a_bin(9, radio=(3, 8)), message(8), message(0, 1, 2, 3), message(4, 5, 6, 7))
    assert one.sessions == 1
    assert {d.wake for d in one.deliveries} == {8}


def test_a_wake_without_its_radio_on_sent_nothing():
    one = booked(a_bin(2, radio=()), message(1))
    assert one.sessions == 0 and one.deliveries[0].wake is None


def test_a_measurement_that_was_broken_off_has_no_number():
    one = a_bin(2, radio=(1,))
    one.wakes.insert(1, Wake(t_ms=1, radio=False, end="wdt", **TAKEN))
    assert sums(booked(one, message(0, 1))) == (0, 0, 0, 0, 1)


def test_a_measurement_without_a_number_and_without_an_excuse_is_lost():
    one = a_bin(2, radio=(1,))
    one.wakes.insert(1, Wake(t_ms=1, radio=False, excused=False, **TAKEN))
    assert sums(booked(one, message(0, 1))) == (1, 0, 0, 0, 0)


def test_notes_bad_messages_and_strangers():
    one = booked(
        a_bin(1, radio=(0,)),
        message(0, notes=[("tcp", 2)]),
        ("smartbin/v1/bin-001/report", b"{"),
        message(5, bin_id="somebody-else"),
        notes=[("tcp", 1), ("ack", 4)],
    )
    assert one.troubles == {"tcp": 3, "bad message": 1, "ack": 4}
    assert len(one.deliveries) == 1


def test_what_nodes_say_that_they_spent_is_summed_up():
    one = booked(a_bin(2), message(0, spent_mc=50), message(1, spent_mc=70))
    assert one.told_mc == 120


def test_what_was_told_again_for_want_of_an_acknowledgement_counts_once():
    one = booked(a_bin(2), message(0, spent_mc=50), message(0, 1, spent_mc=120))
    assert one.told_mc == 120


def test_charge_and_battery_come_from_the_twin():
    one = booked(a_bin(1))
    assert one.charge_mc == {"sleep": 3600.0, "service": 400.0}
    assert one.battery_years == 1.0, "of what every day takes, without the console"


# -- the ledger ---------------------------------------------------------------------------------


def image(seq, epoch=EPOCH, crashes=0):
    mem = memory.Memory(epoch, 1, seq)
    for _ in range(crashes):
        mem.notes.add("crash")
    return memory.save(mem)


def after(before, rtc, how="deepsleep", nvs=None):
    """The wake on record, after RTC memory was `before` and is now `rtc`."""
    one = a_bin(0)
    twin = SimpleNamespace(bin=one, rtc=before, nvs=nvs or {})
    ledger = Ledger()
    ledger.begin(twin)
    wake = Wake(t_ms=0, radio=False, **TAKEN)
    did = {"writes": 2, "worn": [[3, 1]]}
    ledger.end(twin, wake, {"how": how, "flash": did}, rtc)
    assert one.wakes == [wake] and one.flash_writes == 2 and one.flash_erases == {3: 1}
    return wake


@pytest.mark.parametrize(
    ("before", "rtc", "nvs", "number"),
    [
        (image(4), image(5), None, (EPOCH, 4)),
        (image(4), image(4), None, None),
        (image(4), b"", None, None),
        (b"", image(17), {"smartbin": {"seq": 16}}, (EPOCH, 16)),
        (b"", image(16), {"smartbin": {"seq": 16}}, None),
        (b"", image(1), {"smartbin": {"seq": "rubbish"}}, (EPOCH, 0)),
    ],
)
def test_the_number_is_that_of_the_reading_which_the_wake_added(before, rtc, nvs, number):
    assert after(before, rtc, nvs=nvs).number == number


@pytest.mark.parametrize(
    ("rtc", "how", "excused"),
    [
        (image(4), "deepsleep", False),
        (image(4), "wdt", True),
        (image(4), "off", True),
        (image(4, crashes=1), "deepsleep", True),
        (b"", "deepsleep", False),
    ],
)
def test_only_what_was_cut_short_or_noted_a_crash_is_excused(rtc, how, excused):
    assert after(image(4), rtc, how).excused is excused


def test_a_hang_is_a_wake():
    one = a_bin(0)
    twin = SimpleNamespace(bin=one, next_ms=5000, cause="timer", lived_ms=100)
    twin.hang = lambda: setattr(twin, "lived_ms", 20_100)
    Ledger().hang(twin)
    (wake,) = one.wakes
    assert (wake.t_ms, wake.awake_ms, wake.end, wake.cause) == (5000, 20_000, "hang", "timer")
    assert wake.phases == {"cpu": 20_000} and not wake.taken


def test_what_happened_is_counted_once_however_often_it_is_told():
    full, over = ("full", 1, 1), ("full", 0, 3)
    news = [("emptied", 1, 2), over]
    one = booked(
        a_bin(6, radio=(2, 3, 5)),
        message(1, news=[full]),
        message(1, 2, news=[full]),  # no acknowledgement came
        message(3, news=[("full", 1, 3)]),  # nor did the node remember that it had said so
        message(4, news=news),
        message(5, news=[("emptied", 1, 5), ("full", 1, 5)]),
    )
    assert [row[1:] for row in one.events] == [
        full,
        ("emptied", 1, 2),
        over,
        ("emptied", 1, 5),
        ("full", 1, 5),
    ]
