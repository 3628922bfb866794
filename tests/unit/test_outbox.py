"""The outbox: what it drops and counts, and the segments in which readings move to flash."""

from smartbin import outbox, report

ROOM = 5


def reading(seq, alarm=0, at_s=636_422_400, stamp=2, news=0):
    told = (alarm, 0, news)
    return report.Reading(*((seq, at_s + seq, stamp, 43, 42, 44, 791, 4, 4, 0, 3, 3, 18) + told))


def filled(alarms, room=ROOM, first=0):
    """An outbox into which as many readings went as there are marks; "!" is an alarm."""
    box = outbox.Outbox(room)
    for i, mark in enumerate(alarms):
        box.put(reading(first + i, 1 if mark == "!" else 0))
    return box


def numbers(box, next_seq=1000):
    return [r.seq for r in box.readings(next_seq)]


def segment(n=3, first=70_000, epoch=9):
    rows = b"".join([report.pack(reading(first + i)) for i in range(n)])
    return outbox.Segment(epoch, first + n, rows)


def damaged(data, at, bits):
    return data[:at] + bytes([data[at] ^ bits]) + data[at + 1 :]


# -- drops -------------------------------------------------------------------------------------


def test_a_full_outbox_drops_the_oldest_and_counts_it():
    assert (len(filled(".....")), filled(".....").lost) == (5, 0)
    box = filled("........")
    assert (numbers(box), box.lost) == ([3, 4, 5, 6, 7], 3)


def test_an_alarm_outlives_the_routine_readings_around_it():
    box = filled(".!..!....")
    assert (numbers(box), box.lost) == ([1, 4, 6, 7, 8], 4)
    assert [r.alarm for r in box.readings(1000)] == [1, 1, 0, 0, 0]


def test_a_routine_reading_never_drives_an_alarm_out():
    box = filled("!!!!!..")
    assert (numbers(box), box.lost) == ([0, 1, 2, 3, 4], 2)
    assert [r.alarm for r in box.readings(1000)] == [1] * 5


def test_a_reading_that_carries_news_is_not_routine():
    box = filled(".....")
    assert not box.news()
    for seq in range(5, 9):
        box.put(reading(seq, 0, 636_422_400, 2, 5 if seq == 5 else 0))
        assert box.news()
    for seq in range(9, 15):
        box.put(reading(seq))
    assert (numbers(box), box.lost) == ([5, 11, 12, 13, 14], 10)


def test_among_alarms_the_oldest_goes():
    box = filled("!!!!!!!")
    assert (numbers(box), box.lost) == ([2, 3, 4, 5, 6], 2)


def test_an_outbox_that_was_too_full_before_is_full():
    rows = filled("........", 8).rows
    box = outbox.Outbox(8, rows, 7)
    box.put(reading(8))
    assert (len(box), box.lost, numbers(box)) == (8, 8, list(range(1, 9)))


def test_the_oldest_are_forgotten_first_and_not_counted():
    box = filled(".!...")
    box.forget(2)
    assert (numbers(box), box.lost) == ([2, 3, 4], 0)
    box.forget(3)
    assert (numbers(box), len(box), box.lost) == ([], 0, 0)


def test_numbers_with_holes_go_on_across_sixteen_bits():
    box = filled("!..!.......!", first=0xFFFF - 4)
    assert numbers(box, 0xFFFF + 8) == [0xFFFF - 4 + i for i in (0, 3, 9, 10, 11)]


def test_readings_without_a_time_get_one():
    box = outbox.Outbox(9)
    for seq, stamp in enumerate((0, 2, 0, 1)):
        box.put(reading(seq, 0, 100, stamp))
    box.restamp(0, 600_000_000, 1)
    found = [(r.seq, r.at_s, r.stamp) for r in box.readings(4)]
    assert found == [(0, 600_000_100, 1), (1, 101, 2), (2, 600_000_102, 1), (3, 103, 1)]


def test_no_reading_is_moved_to_before_all_time():
    box = filled("...")
    box.restamp(2, -700_000_000, 0)
    assert [(r.at_s, r.stamp) for r in box.readings(3)] == [(0, 0)] * 3


def test_restamping_leaves_an_alarm_an_alarm():
    box = filled(".!.")
    box.restamp(2, -30, 1)
    assert list(box.readings(3)) == [reading(i, i == 1, 636_422_370, 1) for i in range(3)]


# -- segments ----------------------------------------------------------------------------------


def test_a_segment_comes_back_as_it_was():
    for n in (1, 3, outbox.SEGMENT, 53):
        found = outbox.unpack_segment(outbox.pack_segment(segment(n)))
        assert (found.epoch, found.next_seq) == (9, 70_000 + n)
        numbers = [r.seq for r in outbox.Readings(found.rows, found.next_seq)]
        assert numbers == list(range(70_000, 70_000 + n))


def test_a_segment_is_laid_out_like_this():
    """Whoever changes this gives it another version: nodes out there have the old one on flash."""
    data = outbox.pack_segment(segment(2, 5))
    assert data[:12] == b"BO\x01\x02\x09\0\0\0\x07\0\0\0"
    assert data[16:] == report.pack(reading(5)) + report.pack(reading(6))
    assert len(data) == 16 + 2 * 16


def test_any_damage_to_a_segment_is_noticed():
    data = outbox.pack_segment(segment(2))
    for at in range(len(data)):
        for bit in range(8):
            assert outbox.unpack_segment(damaged(data, at, 1 << bit)) is None, at
        assert outbox.unpack_segment(damaged(data, at, 0xFF)) is None, at


def test_a_segment_that_is_cut_or_too_long_is_none():
    data = outbox.pack_segment(segment(3))
    for cut in range(len(data)):
        assert outbox.unpack_segment(data[:cut]) is None
        assert outbox.unpack_segment(data[:cut] + bytes(len(data) - cut)) is None, cut
        assert outbox.unpack_segment(data[:cut] + b"\xff" * (len(data) - cut)) is None, cut
    for more in (b"\0", bytes(16), data):
        assert outbox.unpack_segment(data + more) is None


def test_an_empty_segment_is_none():
    assert outbox.unpack_segment(b"") is None
    assert outbox.unpack_segment(outbox.pack_segment(outbox.Segment(1, 2, b""))) is None


def test_a_name_tells_epoch_first_number_and_count():
    assert outbox.name_of(segment()) == "00000009-00011170-03"
    assert outbox.name_of(segment(53, 0xB000_0000, 0x1FFF_FFFF)) == "1fffffff-b0000000-53"
    for n in (1, 9, 40, 53):
        assert outbox.size_of(outbox.name_of(segment(n))) == n


def test_names_are_in_the_order_of_the_numbers():
    names = [outbox.name_of(segment(4, first)) for first in (0, 40, 70_000, 0x1234_5678)]
    assert names == sorted(names)


def test_what_is_no_segments_name_holds_nothing():
    others = ("", "mirror", "new", "log", "log.old", "settings", "00000009-00011170-03.new")
    others += ("00000009-00011170", "00000009-00011170-3", "00000009-00011170-xx", "--", "a-b-c-d")
    others += ("00000009-00011170--3", "00000009-00011170-3 ", "0000009-00011170-003")
    for name in others:
        assert outbox.size_of(name) == 0, name
