"""The node's own count of charge: times and currents, each counted once."""

from smartbin import memory, spent

BOARD = (2.0, 40, 1, 120, 12)  # boot mC; awake, light sleep, radio mA; asleep uA


def near(a, b):
    return abs(a - b) < 0.001


def test_a_wake_that_does_nothing_costs_its_start():
    mem = memory.Memory()
    spent.Meter(*BOARD).book(mem, 0, 5)
    assert near(mem.spent_mc, 2.0)


def test_each_millisecond_is_counted_by_what_was_on():
    meter, mem = spent.Meter(*BOARD), memory.Memory()
    meter.light_ms, meter.radio_ms = 300, 500
    meter.powered(400, 10)
    meter.book(mem, 1000, 5)
    assert near(mem.spent_mc, 2.0 + 200 * 0.040 + 300 * 0.001 + 500 * 0.120 + 400 * 0.010)


def test_what_is_booked_already_is_not_booked_again():
    meter, mem = spent.Meter(*BOARD), memory.Memory()
    meter.book(mem, 100, 5)
    meter.book(mem, 100, 5)
    assert near(mem.spent_mc, 6.0)
    meter.radio_ms = 200
    meter.book(mem, 300, 5)
    assert near(mem.spent_mc, 30.0)


def test_the_sleep_before_a_wake_is_booked_by_the_chips_clock():
    mem = memory.Memory()
    spent.Meter(*BOARD).book(mem, 0, 5)
    spent.Meter(*BOARD).book(mem, 0, 905)
    assert near(mem.spent_mc, 4.0 + 900 * 0.012)
    assert mem.booked_s == 905


def test_a_clock_that_was_set_or_lost_is_no_sleep():
    for raw_s in (3, 636_422_400, 5 + 2_592_000):
        mem = memory.Memory()
        mem.booked_s = 5
        spent.Meter(*BOARD).book(mem, 0, raw_s)
        assert near(mem.spent_mc, 2.0)
