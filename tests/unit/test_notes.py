"""Notes: what went wrong is counted, the last few by name, within 92 bytes."""

from smartbin import notes


def packed(n):
    """What an image gives back after a nap."""
    buf = bytearray(100)
    n.pack_into(buf, 7)
    return notes.unpack_from(bytes(buf), 7)


def noted(*names):
    n = notes.Notes()
    for name in names:
        n.add(name)
    return n


def place(name):
    return notes.NAMES.index(name)


def test_the_names_are_a_wire_format():
    """A new name goes behind the others: images out there hold the places of the old ones."""
    wifi = ("no_ap", "bad_key", "join")
    broker = ("name", "tcp", "login", "ack")
    node = ("clock", "settings", "memory", "crash", "sonar", "reset", "brownout", "flash", "acl")
    tls = ("tls", "tls_expired", "tls_early", "tls_ca", "tls_host")
    tls += ("tls_plain", "tls_cut", "tls_refused")
    tls += ("tls_psk",)
    assert wifi + broker + node + tls == notes.NAMES


def test_every_name_has_a_counter():
    assert len(notes.NAMES) <= len(notes.Notes().counts) == 26
    assert noted(*notes.NAMES).since() == [(name, 1) for name in notes.NAMES]


def test_nothing_is_noted_at_first():
    n = notes.Notes()
    assert (n.since(), n.last, n.text) == ([], [], b"")


def test_what_goes_wrong_is_counted_in_a_fixed_order():
    n = noted("sonar", "ack", "sonar", "no_ap")
    assert n.since() == [("no_ap", 1), ("ack", 1), ("sonar", 2)]


def test_a_name_that_nobody_knows_is_a_mistake():
    try:
        notes.Notes().add("gremlins")
    except ValueError:
        return
    raise AssertionError("a note under an unknown name")


def test_a_counter_stops_at_its_top():
    n = noted(*["tcp"] * 255)
    assert n.since() == [("tcp", 255)]
    n.add("tcp")
    assert n.since() == [("tcp", 255)]
    assert packed(n).since() == [("tcp", 255)]


def test_the_last_four_are_kept_with_their_facts():
    n = notes.Notes()
    for i, name in enumerate(("no_ap", "tcp", "ack", "clock", "reset")):
        n.add(name, 100 + i, 1000 + i)
    kept = ("tcp", "ack", "clock", "reset")
    assert n.last == [(place(name), 101 + i, 1001 + i) for i, name in enumerate(kept)]


def test_a_note_can_do_without_facts():
    assert noted("tcp").last == [(place("tcp"), 0, 0)]
    n = notes.Notes()
    n.crash(OSError(5))
    assert n.last == [(place("crash"), 0, 0)]


def test_facts_are_cut_to_what_can_be_packed():
    n = notes.Notes()
    n.add("ack", 40_000, 0xFFFF_FFFF)
    n.add("ack", -40_000, 1 << 32)
    assert n.last == [(place("ack"), 32_767, 0xFFFF_FFFF), (place("ack"), -32_768, 0)]
    assert packed(n).last == n.last


def test_what_was_told_is_counted_from_nought_and_not_forgotten():
    n = noted("tcp", "sonar")
    n.told()
    assert n.since() == []
    assert [row[0] for row in n.last] == [place("tcp"), place("sonar")]
    n.add("tcp")
    assert n.since() == [("tcp", 1)]


def test_a_crash_leaves_its_name_and_words():
    n = notes.Notes()
    n.crash(OSError(5), 77)
    assert n.since() == [("crash", 1)]
    assert n.last == [(place("crash"), 0, 77)]
    assert n.text.startswith(b"OSError(5")


def test_the_newest_crash_is_the_one_in_words():
    n = notes.Notes()
    n.crash(ValueError("old"))
    n.crash(KeyError("new"))
    assert n.text.startswith(b"KeyError('new'")
    assert n.since() == [("crash", 2)]


def test_long_last_words_are_cut():
    n = notes.Notes()
    n.crash(ValueError("x" * 100))
    assert len(n.text) == 38
    assert packed(n).text == n.text


def test_even_the_end_of_the_interpreter_can_be_noted():
    for error in (SystemExit(), KeyboardInterrupt(), MemoryError(), ValueError("ü" * 40)):
        n = notes.Notes()
        n.crash(error)
        assert packed(n).text == n.text[:38]


def test_notes_come_back_as_they_were():
    n = notes.Notes()
    assert facts(packed(n)) == facts(n)
    n.add("ack", 10_000, 636_422_400)
    n.add("sonar", 2, 636_422_401)
    assert facts(packed(n)) == facts(n)
    n.crash(IndexError("list index out of range"), 5)
    n.add("join", -3)
    n.add("memory")
    assert facts(packed(n)) == facts(n)


def facts(n):
    return (n.counts, n.last, n.text)


def test_notes_keep_to_their_own_bytes():
    n = noted(*notes.NAMES)
    n.crash(ValueError("x" * 100))
    buf = bytearray(b"\xaa" * (notes.SIZE + 20))
    n.pack_into(buf, 10)
    assert notes.SIZE == 92
    assert len(buf) == notes.SIZE + 20
    assert buf[:10] == buf[-10:] == b"\xaa" * 10
    assert bytes(buf[10:-10]).find(b"\xaa") == -1


def test_rows_of_no_known_name_are_left_out():
    buf = bytearray(notes.SIZE)
    noted("tcp", "ack").pack_into(buf, 0)
    buf[26 + 3 * 7] = len(notes.NAMES)
    assert [row[0] for row in notes.unpack_from(bytes(buf), 0).last] == [place("tcp")]
