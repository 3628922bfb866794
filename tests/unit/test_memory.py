"""Memory: the RTC image, whole or older but never wrong, and an outbox that counts drops."""

from binascii import crc32

from smartbin import memory, report

SLOT = 1024


def reading(seq, at_s=636_422_400, stamp=2, pct=43):
    return report.Reading(seq, at_s + seq, stamp, pct, pct, pct, 791, 4, 4, 0, 3, 3, 18)


def facts(mem):
    """Everything that must outlive a nap."""
    if mem is None:
        return None
    numbers = (mem.boot, mem.seq, mem.reserved, mem.set_s, mem.spoke_s, mem.retry_s, mem.fails)
    notes = (mem.notes.counts, mem.notes.last, mem.notes.text)
    return numbers, mem.told_pct, mem.outbox.lost, bytes(mem.outbox.rows), notes


def measured(mem, n=1):
    for _ in range(n):
        mem.outbox.put(reading(mem.seq))
        mem.seq += 1
    return mem


def two_saves():
    """The facts and images of two wakes in a row, the slots of both long in use."""
    mem = measured(memory.Memory(3, 40), 2)
    mem.notes.add("tcp", 700, 5)
    memory.save(mem)
    memory.save(measured(mem))
    mem.told_pct = 43
    old = memory.save(measured(mem, 5))
    before = facts(mem)
    mem.outbox.forget(6)
    mem.notes.told()
    mem.fails = 2
    new = memory.save(measured(mem))
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
    assert facts(memory.Memory())[0] == (0, 0, 0, 0, 0, 0, 0)
    mem = memory.Memory(7, 64)
    assert facts(mem)[0] == (7, 64, 64, 0, 0, 0, 0)
    assert (mem.told_pct, len(mem.outbox), mem.outbox.lost) == (None, 0, 0)


def test_all_comes_back_after_a_nap():
    mem = memory.Memory(7, 64)
    assert facts(memory.load(memory.save(mem))) == facts(mem)
    measured(mem, 3)
    mem.reserved, mem.set_s, mem.spoke_s, mem.retry_s = 128, 636_422_400, 636_422_401, 9
    mem.fails, mem.told_pct, mem.outbox.lost = 16, 0, 12
    mem.notes.add("ack", -5, 636_422_000)
    mem.notes.crash(ValueError("no"), 1)
    assert facts(memory.load(memory.save(mem))) == facts(mem)


def test_the_largest_numbers_come_back():
    mem = memory.Memory()
    mem.boot = mem.seq = mem.reserved = mem.set_s = mem.spoke_s = mem.retry_s = 0xFFFF_FFFF
    mem.outbox.lost, mem.fails, mem.told_pct = 0xFFFF_FFFF, 0xFFFF, 100
    assert facts(memory.load(memory.save(mem))) == facts(mem)


def test_a_full_outbox_comes_back():
    mem = measured(memory.Memory(), memory.ROOM)
    back = memory.load(memory.save(mem))
    assert facts(back) == facts(mem)
    assert [r.seq for r in back.outbox.readings(back.seq)] == list(range(memory.ROOM))


def test_a_slot_is_laid_out_like_this():
    """Whoever changes this gives the image another version: nodes out there hold the old one."""
    mem = measured(memory.Memory(1, 2))
    mem.reserved, mem.set_s, mem.spoke_s, mem.retry_s, mem.fails, mem.told_pct = 66, 5, 6, 7, 8, 9
    mem.outbox.lost = 4
    mem.notes.add("no_ap")
    slot = memory.save(mem)[SLOT:]
    assert slot[:8] == b"BS\x01\x01\x01\0\0\0"
    assert [slot[12 + 4 * i] for i in range(7)] == [1, 3, 66, 5, 6, 7, 4]
    assert list(slot[40:49]) == [8, 0, 9, 0, 0, 0, 0, 0, 1]
    assert slot[132:148] == report.pack(reading(2))
    assert slot[148:] == bytes(SLOT - 148)


def test_one_of_the_two_slots_is_written_at_a_time():
    mem = memory.Memory()
    images = [memory.save(measured(mem)) for _ in range(6)]
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
        for rubbish in (b"\0" * size, b"\xff" * size, (b"BS\x01\x00" * size)[:size]):
            assert memory.load(rubbish) is None


def test_an_image_of_another_length_is_a_cold_start():
    image = memory.save(memory.Memory())
    for wrong in (image[:-1], image + b"\0", image[:SLOT], image * 2):
        assert memory.load(wrong) is None


def test_noise_is_a_cold_start():
    word = 1
    for _ in range(20):
        noise = bytearray(2048)
        for i in range(2048):
            word = (word * 48_271) % 2_147_483_647
            noise[i] = word & 255
        noise[:4] = noise[SLOT : SLOT + 4] = b"BS\x01\x05"
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
    mem = measured(memory.Memory(1, 0))
    first = memory.save(mem)
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
    repaired = memory.save(measured(mem))
    assert facts(memory.load(repaired)) == facts(mem)
    assert facts(memory.load(damaged(repaired, at + 200))) == before


def test_an_image_of_another_version_is_a_cold_start():
    image = memory.save(memory.Memory())
    assert memory.load(forged(image, 2, 1)) is not None
    for at, value in ((0, 0x43), (1, 0x54), (2, 0), (2, 2), (3, memory.ROOM + 1), (3, 255)):
        assert memory.load(forged(image, at, value)) is None
    assert len(memory.load(forged(image, 3, memory.ROOM)).outbox) == memory.ROOM


# -- the outbox --------------------------------------------------------------------------------


def test_the_outbox_has_room_for_an_outage():
    assert memory.ROOM >= 40


def test_a_full_outbox_drops_the_oldest_and_counts_it():
    mem = measured(memory.Memory(), memory.ROOM)
    assert (len(mem.outbox), mem.outbox.lost) == (memory.ROOM, 0)
    measured(mem)
    assert (len(mem.outbox), mem.outbox.lost) == (memory.ROOM, 1)
    measured(mem, 2 * memory.ROOM)
    assert (len(mem.outbox), mem.outbox.lost) == (memory.ROOM, 1 + 2 * memory.ROOM)
    kept = [r.seq for r in mem.outbox.readings(mem.seq)]
    assert kept == list(range(mem.seq - memory.ROOM, mem.seq))


def test_what_was_dropped_stays_counted():
    mem = measured(memory.Memory(), memory.ROOM + 3)
    mem.outbox.forget(memory.ROOM)
    assert (len(mem.outbox), mem.outbox.lost) == (0, 3)
    assert memory.load(memory.save(mem)).outbox.lost == 3


def test_the_oldest_are_forgotten_first():
    mem = measured(memory.Memory(), 5)
    mem.outbox.forget(2)
    assert mem.outbox.readings(5) == [reading(2), reading(3), reading(4)]
    mem.outbox.forget(3)
    assert mem.outbox.readings(5) == []


def test_numbers_go_on_across_sixteen_bits():
    for first in (0xFFFF - 20, 0x1_0000, 0x7FFF_FFF0, 3_000_000_000):
        mem = measured(memory.Memory(1, first), 41)
        mem = memory.load(memory.save(mem))
        assert mem.seq == first + 41
        assert [r.seq for r in mem.outbox.readings(mem.seq)] == [first + i for i in range(41)]


def test_readings_without_a_time_get_one():
    mem = memory.Memory()
    for seq, stamp in enumerate((0, 2, 0, 1)):
        mem.outbox.put(reading(seq, 100, stamp))
    mem.outbox.restamp(0, 600_000_000, 1)
    found = [(r.seq, r.at_s, r.stamp) for r in mem.outbox.readings(4)]
    assert found == [(0, 600_000_100, 1), (1, 101, 2), (2, 600_000_102, 1), (3, 103, 1)]


def test_restamping_moves_nothing_but_the_time():
    mem = measured(memory.Memory(1, 70_000), 3)
    mem.outbox.restamp(2, -30, 1)
    expected = [reading(70_000 + i, 636_422_400 - 30, 1) for i in range(3)]
    assert mem.outbox.readings(mem.seq) == expected


def test_an_outbox_does_not_grow_beyond_its_slot():
    mem = measured(memory.Memory(), 3 * memory.ROOM)
    assert len(mem.outbox.rows) == memory.ROOM * report.ROW_SIZE
    assert 132 + len(mem.outbox.rows) <= SLOT
