"""Delivery: the newest first and retained, then segments, and nothing forgotten too soon."""

from smartbin import config, deliver, memory, message, outbox, report
from smartbin.errors import LinkError
from tests.unit.one_report import INSTALL

CFG = config.check({"bin_id": "bank-7"})
NOW = 636_422_400
QUIET = report.Bin(*(((), ()) + report.QUIET[2:]))


def reading(seq):
    return report.Reading(seq, NOW + seq, 2, 43, 42, 44, 791, 4, 4, 0, 3, 3, 18, 0, 0, 0)


def memory_with(n, first=100):
    mem = memory.Memory(9, 3, first)
    for _ in range(n):
        mem.outbox.put(reading(mem.seq))
        mem.seq += 1
    return mem


class Flash:
    """Segments by name; None for one that is broken."""

    def __init__(self, *segments):
        self.kept = {outbox.name_of(one): one for one in segments}
        self.stuck = False  # nothing can be removed
        self.silent = False  # it does not answer at all

    def broken(self):
        name = sorted(self.kept)[0]
        self.kept[name] = None
        return name

    def oldest_segment(self):
        if self.silent:
            return None, None, None
        names = sorted(self.kept)
        return (names[0], self.kept[names[0]], len(names)) if names else (None, None, 0)

    def drop(self, name):
        if not self.stuck:
            del self.kept[name]
        return not self.stuck


class Desk:
    """Node and link in one.  `heard` is what the broker acknowledged."""

    rssi_dbm = -67

    def __init__(self, *segments, left_ms=9000, fails_at=99):
        self.flash = Flash(*segments)
        self.oldest_segment = self.flash.oldest_segment
        self.left = left_ms
        self.fails_at = fails_at
        self.heard = []
        self.log = []
        self.promised = []

    def left_ms(self):
        return self.left

    def publish(self, topic, payload, retained, confirmed):
        assert topic == b"smartbin/v1/bank-7/report"
        self.left -= 1000
        if len(self.heard) == self.fails_at:
            raise LinkError("publish", "ack", 700)
        header, readings = message.decode(payload)
        self.heard.append((header, [r.seq for r in readings], retained, confirmed))
        self.log.append("publish")

    def keep(self, mem):
        self.log.append("keep")

    def mounting(self):
        return self

    def kept(self):
        return INSTALL

    def acknowledged(self, mem):
        self.promised.append((mem.acked, mem.outbox.lost))
        self.log.append("acknowledged")


def segment(first, n=outbox.SEGMENT, epoch=9):
    rows = b"".join([report.pack(reading(first + i)) for i in range(n)])
    return outbox.Segment(epoch, first + n, rows)


def delivered(desk, mem):
    deliver.everything(desk, CFG, mem, desk, 3594)
    return desk.heard


# -- the installation --------------------------------------------------------------------------


def test_an_installation_is_told_once_and_when_it_has_arrived_no_more():
    mem = memory_with(1)
    mem.installed = 1
    desk = Desk()
    assert delivered(desk, mem)[0][0].install == desk.kept()
    assert mem.installed == 0
    mem.outbox.put(reading(mem.seq))
    mem.seq += 1
    assert delivered(Desk(), mem)[0][0].install is None


# -- the newest --------------------------------------------------------------------------------


def test_the_newest_goes_first_retained_and_is_forgotten():
    mem = memory_with(3)
    mem.notes.add("tcp")
    ((header, seqs, retained, confirmed),) = delivered(Desk(), mem)
    assert header == report.Header(
        "bank-7", 9, 3, 3594, -67, 22_050, 0, None, [("tcp", 1)], QUIET, 0, None
    )
    assert (seqs, retained, confirmed) == ([100, 101, 102], True, True)
    assert (len(mem.outbox), mem.acked, mem.notes.since()) == (0, 103, [])


def test_only_the_first_report_of_a_boot_is_heard_back():
    mem = memory_with(1)
    mem.spoke_s = NOW
    assert delivered(Desk(), mem)[0][3] is False


def test_a_gap_is_told_until_somebody_has_heard_of_it():
    mem = memory_with(1)
    mem.gap_from, mem.gap_to = 84, 100
    refused(Desk(fails_at=0), mem)
    desk = Desk()
    assert delivered(desk, mem)[0][0].gap == (84, 100)
    mem.outbox.put(reading(101))
    delivered(desk, mem)
    assert [told[0].gap for told in desk.heard] == [(84, 100), None]
    assert (mem.gap_from, mem.gap_to) == (0, 0)


def test_a_gap_may_begin_with_the_first_number_of_all():
    mem = memory_with(1)
    mem.gap_to = 16
    assert delivered(Desk(), mem)[0][0].gap == (0, 16)


def refused(desk, mem):
    try:
        delivered(desk, mem)
    except LinkError as e:
        return e.why
    return None


def test_what_was_not_acknowledged_is_kept_and_segments_wait():
    desk, mem = Desk(segment(10), fails_at=0), memory_with(3)
    mem.spilled = 1
    mem.notes.add("tcp")
    assert refused(desk, mem) == "ack"
    assert (len(mem.outbox), mem.acked, mem.spilled) == (3, 100, 1)
    assert (desk.log, len(desk.flash.kept), mem.notes.since()) == ([], 1, [("tcp", 1)])


def test_the_broker_has_it_before_anything_is_forgotten():
    desk, mem = Desk(), memory_with(2)
    delivered(desk, mem)
    assert desk.log == ["publish", "acknowledged"]
    assert desk.promised == [(102, 0)]


# -- segments ----------------------------------------------------------------------------------


def test_segments_follow_oldest_first_and_are_not_retained():
    desk, mem = Desk(segment(50), segment(10)), memory_with(1)
    mem.spilled, mem.gap_to = 2, 5
    mem.notes.add("tcp")
    delivered(desk, mem)
    assert [seqs[0] for _, seqs, _, _ in desk.heard] == [100, 10, 50]
    assert [len(seqs) for _, seqs, _, _ in desk.heard] == [1, 40, 40]
    assert [rest for _, _, *rest in desk.heard] == [[True, True], [False, False], [False, False]]
    assert [(h.gap, h.notes) for h, _, _, _ in desk.heard[1:]] == [(None, [])] * 2
    assert (mem.spilled, desk.flash.kept) == (0, {})


def test_a_segment_is_of_the_epoch_that_it_was_written_in():
    desk, mem = Desk(segment(10, epoch=5)), memory_with(1)
    mem.spilled = 1
    assert [header.epoch for header, _, _, _ in delivered(desk, mem)] == [9, 5]


def test_each_segment_that_has_gone_is_written_down():
    desk, mem = Desk(segment(10), segment(50)), memory_with(1)
    mem.spilled = 2
    delivered(desk, mem)
    assert desk.log == ["publish", "acknowledged", "publish", "keep", "publish", "keep"]


def test_without_segments_flash_is_left_alone():
    desk, mem = Desk(), memory_with(1)
    desk.oldest_segment = None
    assert len(delivered(desk, mem)) == 1


def test_segments_take_no_more_time_than_there_is():
    desk, mem = Desk(segment(10), segment(50), segment(60), left_ms=4500), memory_with(1)
    mem.spilled = 3
    delivered(desk, mem)
    assert [seqs[0] for _, seqs, _, _ in desk.heard] == [100, 10, 50]
    assert (mem.spilled, len(desk.flash.kept)) == (1, 1)


def test_a_link_that_breaks_in_a_segment_does_not_undo_the_newest():
    desk, mem = Desk(segment(10), segment(50), fails_at=2), memory_with(3)
    mem.spilled = 2
    delivered(desk, mem)
    assert (len(mem.outbox), mem.acked, mem.spilled, len(desk.flash.kept)) == (0, 103, 1, 1)
    assert mem.notes.since() == [("ack", 1)]


def test_a_broken_segment_is_counted_by_its_name_and_dropped():
    desk, mem = Desk(segment(10, 33), segment(50)), memory_with(1)
    mem.spilled, mem.outbox.lost = 2, 4
    desk.flash.broken()
    delivered(desk, mem)
    assert [header.lost for header, _, _, _ in desk.heard] == [4, 37]
    assert [seqs[0] for _, seqs, _, _ in desk.heard] == [100, 50]
    assert (mem.outbox.lost, mem.spilled, desk.flash.kept) == (37, 0, {})
    assert mem.notes.since() == [("flash", 1)]
    assert desk.promised[-1] == (101, 37), "and a loss of power does not undo that"


def test_more_segments_than_we_knew_of_are_delivered_too():
    desk, mem = Desk(segment(10), segment(50), segment(60)), memory_with(1)
    mem.spilled = 1
    delivered(desk, mem)
    assert (len(desk.heard), mem.spilled, desk.flash.kept) == (4, 0, {})


def test_segments_that_went_with_the_file_system_are_counted():
    desk, mem = Desk(), memory_with(1)
    mem.spilled = 3
    delivered(desk, mem)
    assert (mem.outbox.lost, mem.spilled) == (120, 0)
    assert desk.promised == [(101, 0), (101, 120)]
    mem.outbox.put(reading(101))
    delivered(desk, mem)
    assert mem.outbox.lost == 120


def test_a_flash_that_does_not_answer_is_asked_again_next_time():
    desk, mem = Desk(segment(10)), memory_with(1)
    mem.spilled = 1
    desk.flash.silent = True
    delivered(desk, mem)
    assert (len(desk.heard), mem.spilled, mem.outbox.lost) == (1, 1, 0)
    desk.flash.silent = False
    mem.outbox.put(reading(101))
    delivered(desk, mem)
    assert (len(desk.heard), mem.spilled, mem.outbox.lost) == (3, 0, 0)


def test_a_segment_that_cannot_be_removed_is_sent_once_a_session():
    desk, mem = Desk(segment(10), segment(50)), memory_with(1)
    mem.spilled = 2
    desk.flash.stuck = True
    delivered(desk, mem)
    assert [seqs[0] for _, seqs, _, _ in desk.heard] == [100, 10]
    assert (mem.spilled, mem.outbox.lost) == (2, 0)
    desk.flash.broken()
    mem.outbox.put(reading(101))
    delivered(desk, mem)
    assert (len(desk.heard), mem.spilled, mem.outbox.lost) == (3, 2, 0)


# -- charge ------------------------------------------------------------------------------------


def test_what_was_spent_is_told_in_whole_mc_and_the_rest_next_time():
    mem = memory_with(1)
    mem.spent_mc = 187.75
    assert delivered(Desk(), mem)[0][0].spent_mc == 187
    assert mem.spent_mc == 0.75


def test_what_was_spent_is_kept_until_somebody_has_heard_of_it():
    mem = memory_with(1)
    mem.spent_mc = 187.75
    assert refused(Desk(fails_at=0), mem) == "ack"
    assert mem.spent_mc == 187.75
