"""Memory: the RTC image, whole or older but never wrong."""

from binascii import crc32

from smartbin import events, fill, memory, outbox, report

SLOT = 1024
FILL_AT = 176
EVENTS_AT = 216
NET_AT = 240
ROWS_AT = 288  # in a slot

# Every number of a memory, and the largest that it may be.
LONGS = ("epoch", "boot", "seq", "reserved", "acked", "set_s", "known_s", "last_s", "spoke_s")
LONGS += ("retry_s", "gap_from", "gap_to")
BYTES = ("learnt", "ill", "browned", "prompts", "alarmed", "radio", "mirrored", "spilled")
NUMBERS = (LONGS, ("rate_ppm", "doubt_s"), ("fails",), BYTES)
LARGEST = (0xFFFF_FFFF, 0x7FFF_FFFF, 0x7FFF, 255)


def reading(seq, at_s=636_422_400, stamp=2, pct=43):
    return report.Reading(seq, at_s + seq, stamp, pct, pct, pct, 791, 4, 4, 0, 3, 3, 18, 0, 0, 0)


def facts(mem):
    """Everything that must outlive a nap."""
    if mem is None:
        return None
    numbers = tuple([getattr(mem, name) for group in NUMBERS for name in group])
    notes = (mem.notes.counts, mem.notes.last, mem.notes.text)
    past = (bytes(mem.fill.pack()), bytes(mem.events.pack()))
    past += (mem.spent_mc, mem.booked_s, bytes(mem.net), mem.installed)
    return numbers, mem.told_pct, mem.outbox.lost, bytes(mem.outbox.rows), notes, past


def measured(mem, n=1):
    for _ in range(n):
        mem.outbox.put(reading(mem.seq))
        mem.seq += 1
    return mem


def two_saves():
    """The facts and images of two wakes in a row, the slots of both long in use."""
    mem = measured(memory.Memory(77, 3, 40), 2)
    mem.notes.add("tcp", 700, 5)
    memory.save(mem)
    memory.save(measured(mem))
    mem.told_pct = 43
    old = bytes(memory.save(measured(mem, 5)))
    before = facts(mem)
    mem.outbox.forget(6)
    mem.notes.told()
    mem.fails = 2
    new = bytes(memory.save(measured(mem)))
    return before, old, facts(mem), new


def newest_slot(image):
    """Where the slot that holds the newest state begins."""
    return SLOT * (memory.load(image).generation & 1)


def damaged(image, at, bits=0xFF):
    return image[:at] + bytes([image[at] ^ bits]) + image[at + 1 :]


def forged(image, at, value):
    """The image with one byte of its newest slot changed and the checksum to go with it."""
    begin = newest_slot(image)
    slot = bytearray(image[begin : begin + SLOT])
    slot[at] = value
    slot[8:12] = crc32(slot[12:], crc32(slot[:8])).to_bytes(4, "little")
    return image[:begin] + bytes(slot) + image[begin + SLOT :]


# -- the image ---------------------------------------------------------------------------------


def test_an_image_fills_the_rtc_memory():
    mem = memory.Memory()
    for n in (0, 1, 100):
        measured(mem, n)
        assert len(memory.save(mem)) == memory.IMAGE_SIZE == 2048


def test_a_new_memory_knows_nothing_but_its_numbers():
    assert facts(memory.Memory())[0] == (0,) * 23
    mem = memory.Memory(5, 7, 64)
    assert facts(mem)[0] == (5, 7, 64, 64, 64) + (0,) * 18
    assert (mem.told_pct, len(mem.outbox), mem.outbox.lost) == (None, 0, 0)


def test_every_fact_has_its_own_place():
    assert facts(memory.load(memory.save(memory.Memory()))) == facts(memory.Memory())
    for most, names in zip(LARGEST, NUMBERS):
        for name in names:
            for value in (1, most):
                mem = memory.Memory(3, 5, 64)
                setattr(mem, name, value)
                assert facts(memory.load(memory.save(mem))) == facts(mem), name


def test_all_comes_back_after_a_nap():
    mem = memory.Memory(9, 7, 64)
    measured(mem, 3)
    mem.rate_ppm, mem.told_pct, mem.outbox.lost = -80_000, 0, 12
    mem.notes.add("ack", -5, 636_422_000)
    mem.notes.crash(ValueError("no"), 1)
    assert facts(memory.load(memory.save(mem))) == facts(mem)


def test_what_the_bin_did_comes_back():
    mem = memory.Memory()
    mem.fill.tenths, mem.fill.last_s, mem.fill.emptied_s = 437, 636_422_400, 636_000_000
    mem.events.push(events.FULL, 1)
    mem.events.raised, mem.events.lid_dc, mem.events.counts[5] = 8, -101, 77
    back = memory.load(memory.save(mem))
    assert facts(back) == facts(mem) != facts(memory.Memory())
    assert (back.fill.pct, back.fill.last_s, back.events.lid_dc) == (44, 636_422_400, -101)
    assert back.events.counts == mem.events.counts


def test_what_was_spent_and_the_network_come_back():
    mem = memory.Memory()
    mem.spent_mc, mem.booked_s, mem.net = 12.375, 0xFFFF_FFFF, bytes(range(40))
    back = memory.load(memory.save(mem))
    assert (back.spent_mc, back.booked_s, back.net) == (12.375, 0xFFFF_FFFF, bytes(range(40)))


def test_what_the_bin_did_fits_its_place():
    assert FILL_AT + fill.STATE_SIZE <= EVENTS_AT
    assert EVENTS_AT + events.STATE_SIZE == NET_AT
    assert NET_AT + 8 + memory.NET_SIZE == ROWS_AT
    assert len(fill.State().pack()) == fill.STATE_SIZE


def test_moments_move_along_with_the_clock_and_never_stays_never():
    mem = memory.Memory()
    mem.moved(636_422_400)
    assert (mem.fill.last_s, mem.fill.emptied_s, mem.events.lid_s) == (0, 0, 0)
    mem.fill.last_s, mem.fill.warm_s, mem.fill.emptied_s, mem.events.lid_s = 900, 905, 5, 907
    mem.moved(636_422_400)
    assert (mem.fill.last_s, mem.fill.emptied_s) == (636_423_300, 636_422_405)
    assert (mem.fill.warm_s, mem.events.lid_s) == (636_423_305, 636_423_307)
    mem.moved(-636_422_410)
    assert (mem.fill.last_s, mem.fill.emptied_s, mem.events.lid_s) == (890, 0, 897)


def test_the_largest_numbers_come_back():
    mem = memory.Memory()
    for most, names in zip(LARGEST, NUMBERS):
        for name in names:
            setattr(mem, name, most)
    mem.outbox.lost, mem.told_pct = 0xFFFF_FFFF, 100
    assert facts(memory.load(memory.save(mem))) == facts(mem)


def test_a_full_outbox_comes_back():
    mem = measured(memory.Memory(), memory.ROOM)
    back = memory.load(memory.save(mem))
    assert facts(back) == facts(mem)
    assert [r.seq for r in back.outbox.readings(back.seq)] == list(range(memory.ROOM))


def test_a_slot_is_laid_out_like_this():
    """Whoever changes this gives the image another version: nodes out there hold the old one."""
    mem = measured(memory.Memory(20, 21, 22))
    for i, name in enumerate(LONGS[3:]):
        setattr(mem, name, 30 + i)
    mem.rate_ppm, mem.doubt_s, mem.fails = -2, -3, 50
    for i, name in enumerate(BYTES):
        setattr(mem, name, 51 + i)
    mem.told_pct, mem.outbox.lost = 60, 61
    mem.spent_mc, mem.booked_s, mem.net = 1.25, 77, bytes(range(40))
    mem.notes.add("no_ap")
    slot = memory.save(mem)[SLOT:]
    assert slot[:8] == b"BS\x04\x01\x01\0\0\0"
    assert [slot[12 + 4 * i] for i in range(12)] == [20, 21, 23] + [30 + i for i in range(9)]
    assert list(slot[60:64]) == [0xFE] + [0xFF] * 3
    assert list(slot[64:70]) == [0xFD] + [0xFF] * 3 + [50, 0]
    assert list(slot[70:84]) == [51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 0, 0, 0, 0]
    assert slot[84] == 1
    assert slot[FILL_AT : FILL_AT + fill.STATE_SIZE] == mem.fill.pack()
    assert slot[EVENTS_AT:NET_AT] == mem.events.pack()
    assert slot[NET_AT : NET_AT + 8] == b"\0\0\xa0\x3f\x4d\0\0\0"
    assert slot[NET_AT + 8 : ROWS_AT] == bytes(range(40))
    assert slot[ROWS_AT : ROWS_AT + 16] == report.pack(reading(22))
    assert slot[ROWS_AT + 16 :] == bytes(SLOT - ROWS_AT - 16)


def test_one_of_the_two_slots_is_written_at_a_time():
    mem = memory.Memory()
    images = [bytes(memory.save(measured(mem))) for _ in range(6)]
    for i in range(5):
        old, new = images[i], images[i + 1]
        same = [old[at : at + SLOT] == new[at : at + SLOT] for at in (0, SLOT)]
        assert sorted(same) == [False, True]
        assert same[0] == (newest_slot(old) == 0)


def test_naps_and_wakes_in_turn():
    mem = memory.Memory()
    for n in range(20):
        image = memory.save(measured(mem))
        mem = memory.load(image)
        assert (mem.seq, len(mem.outbox), mem.generation) == (n + 1, n + 1, n + 1)


# -- garbage -----------------------------------------------------------------------------------


def test_what_is_no_image_is_a_cold_start():
    for size in (0, 1, 12, 1024, 2047, 2048, 2049):
        for rubbish in (b"\0" * size, b"\xff" * size, (b"BS\x03\x00" * size)[:size]):
            assert memory.load(rubbish) is None


def test_an_image_of_another_length_is_a_cold_start():
    image = bytes(memory.save(memory.Memory()))
    for wrong in (image[:-1], image + b"\0", image[:SLOT], image * 2):
        assert memory.load(wrong) is None


def test_noise_is_a_cold_start():
    word = 1
    for _ in range(20):
        noise = bytearray(2048)
        for i in range(2048):
            word = (word * 48_271) % 2_147_483_647
            noise[i] = word & 255
        noise[:4] = noise[SLOT : SLOT + 4] = b"BS\x03\x05"
        assert memory.load(bytes(noise)) is None


def test_a_write_that_is_torn_leaves_the_old_state_or_the_new():
    before, old, after, new = two_saves()
    assert before != after
    seen = set()
    for cut in range(2049):
        found = facts(memory.load(new[:cut] + old[cut:]))
        assert found in (before, after), cut
        seen.add(found == after)
    assert seen == {True, False}


def test_a_write_that_is_torn_from_behind_does_too():
    before, old, after, new = two_saves()
    for cut in range(2049):
        assert facts(memory.load(old[:cut] + new[cut:])) in (before, after), cut


def test_the_first_write_torn_is_a_cold_start_or_whole():
    mem = measured(memory.Memory(1, 1, 0))
    first = bytes(memory.save(mem))
    for cut in range(2049):
        assert facts(memory.load(first[:cut] + bytes(2048 - cut))) in (None, facts(mem)), cut


def test_damage_to_the_newest_slot_gives_the_state_before():
    before, _, _, new = two_saves()
    at = newest_slot(new)
    for i in range(at, at + SLOT):
        assert facts(memory.load(damaged(new, i, 1 << i % 8))) == before, i
        assert facts(memory.load(damaged(new, i))) == before, i


def test_damage_to_the_older_slot_is_not_noticed():
    _, _, after, new = two_saves()
    at = SLOT - newest_slot(new)
    for i in range(at, at + SLOT):
        assert facts(memory.load(damaged(new, i, 1 << i % 8))) == after, i


def test_damage_to_both_slots_is_a_cold_start():
    _, _, _, new = two_saves()
    for i in range(0, SLOT, 7):
        assert memory.load(damaged(damaged(new, i), 2047 - i)) is None


def test_after_damage_the_good_slot_is_not_the_one_to_be_overwritten():
    before, _, _, new = two_saves()
    at = newest_slot(new)
    mem = memory.load(damaged(new, at + 200))
    repaired = bytes(memory.save(measured(mem)))
    assert facts(memory.load(repaired)) == facts(mem)
    assert facts(memory.load(damaged(repaired, at + 200))) == before


def test_an_image_of_another_version_is_a_cold_start():
    image = memory.save(memory.Memory())
    assert memory.load(forged(image, 2, 4)) is not None
    for at, value in (
        (2, 3),
        (0, 0x43),
        (1, 0x54),
        (2, 0),
        (2, 1),
        (2, 2),
        (2, 5),
        (3, memory.ROOM + 1),
        (3, 255),
    ):
        assert memory.load(forged(image, at, value)) is None
    assert len(memory.load(forged(image, 3, memory.ROOM)).outbox) == memory.ROOM


# -- the outbox --------------------------------------------------------------------------------


def test_the_outbox_has_room_for_an_outage():
    assert memory.ROOM == 46 > outbox.SEGMENT, "a segment leaves room for what comes next"
    assert outbox.SEGMENT >= 40


def test_what_was_dropped_stays_counted():
    mem = measured(memory.Memory(), memory.ROOM + 3)
    mem.outbox.forget(memory.ROOM)
    assert (len(mem.outbox), mem.outbox.lost) == (0, 3)
    assert memory.load(memory.save(mem)).outbox.lost == 3


def test_numbers_go_on_across_sixteen_bits():
    for first in (0xFFFF - 20, 0x1_0000, 0x7FFF_FFF0, 3_000_000_000):
        mem = measured(memory.Memory(1, 1, first), 41)
        mem = memory.load(memory.save(mem))
        assert mem.seq == first + 41
        assert [r.seq for r in mem.outbox.readings(mem.seq)] == [first + i for i in range(41)]


def test_an_outbox_does_not_grow_beyond_its_slot():
    mem = measured(memory.Memory(), 3 * memory.ROOM)
    assert len(mem.outbox.rows) == memory.ROOM * report.ROW_SIZE
    assert ROWS_AT + len(mem.outbox.rows) <= SLOT
