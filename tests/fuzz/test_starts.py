"""Starts from rubbish in any storage: the node measures, reports in a message that can be read,
says what it lost, and sleeps."""

import base64
import json
import random
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartbin import memory, message, outbox
from tests.contract.chip import leads_to
from tests.contract.chip import settings as stored
from tests.fuzz.peer import honest
from tests.fuzz.test_decoders import image, mangled, segment

law = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

POWER = {"reset_cause": 1, "wake_reason": 0}
BUTTON = {"reset_cause": 4, "wake_reason": 2}  # so that it reports
LONGEST_MS = 12_100
BLOCK = 4096

# Files as the frame has them, on a file system that is made anew.
WRITE = """
import esp32, twin, vfs
from binascii import a2b_base64
blocks = esp32.Partition.find(1, label="vfs")[0]
vfs.VfsLfs2.mkfs(blocks)
vfs.mount(vfs.VfsLfs2(blocks), "/data")
for name, data in twin.s.frame["files"]:
    with open("/data/" + name, "wb") as file:
        file.write(a2b_base64(data))
machine.deepsleep(1000)
"""

MOST = (1 << 31) - 1
numbers = st.integers(-MOST - 1, MOST) | st.integers(-2, 70_000) | st.integers(MOST - 20, MOST)
keys = ("epoch", "boot", "seq", "acked", "lost", "known")
spaces = st.fixed_dictionaries({}, optional={key: numbers | st.just("e30=") for key in keys})
SEGMENTS = ["00000009-00000000-40", "00000009-00000028-53", "ffffffff-ffffffff-99"]
OTHERS = ["mirror", "settings", "new", "log", "log.old", "rubbish", "00000000-00000000-00"]
names = st.sampled_from(SEGMENTS + OTHERS)
files = st.dictionaries(
    names,
    st.binary(max_size=200)
    | mangled(segment())
    | mangled(stored()["smartbin"]["settings"].encode()),
)


def lives(node, peer, rtc=b"", cause=POWER, nvs=None, **changes):
    """One wake with an honest broker: its memory and what it said, both checked."""
    peer.mangle = honest
    del peer.published[:]
    told = {"nvs": stored() if nvs is None else nvs, "net": leads_to(peer.port), **cause}
    found = node.wake(rtc, **told, **changes)
    assert found["how"] == "deepsleep", found["crash"]
    assert found.awake_ms <= LONGEST_MS
    assert 1000 <= found["sleep_ms"] <= 86_400_000
    mem = memory.load(found.rtc)
    assert "crash" not in dict(mem.notes.since()), mem.notes.text
    return mem, [message.decode(payload) for payload in peer.published], found


def test_rubbish_in_rtc_memory(node, peer, flash):
    nvs = stored()
    nvs["smartbin"] |= {"epoch": 305_419_896, "seq": 70_100, "acked": 70_000, "boot": 3}
    state = json.dumps(nvs)

    @law
    @given(mangled(image()) | st.binary(max_size=2048))
    def is_a_start_like_any_other(rtc):
        before = memory.load(rtc)
        mem, said, _ = lives(node, peer, rtc, BUTTON, json.loads(state), flash=flash)
        header, readings = said[0]
        if before is None:
            assert header.gap == (70_000, 70_100)
            assert readings[-1].seq == 70_100
            assert dict(header.notes)["memory"] == 1
        else:
            assert readings[-1].seq == before.seq
        assert mem.acked == mem.seq

    is_a_start_like_any_other()


def test_rubbish_in_the_numbers_of_nvs(node, peer, flash):
    @law
    @given(spaces)
    def is_a_start_like_any_other(found):
        nvs = {"smartbin": {**stored()["smartbin"], **found}}
        mem, said, outcome = lives(node, peer, nvs=nvs, flash=flash)
        header, readings = said[0]
        seq = found.get("seq")
        assert readings[0].seq == (seq if isinstance(seq, int) and 0 < seq < 0x7FFF_0000 else 0)
        assert header.epoch > 0
        kept = outcome["nvs"]["smartbin"]
        assert kept["seq"] > mem.seq - 1
        assert kept["acked"] == mem.acked == mem.seq

    is_a_start_like_any_other()


def test_rubbish_in_the_settings(node, peer, flash):
    @law
    @given(st.binary(max_size=300) | mangled(base64.b64decode(stored()["smartbin"]["settings"])))
    def is_noted_and_the_copy_stands_in(data):
        lives(node, peer, flash=flash)  # writes the copy
        nvs = {"smartbin": {"settings": base64.b64encode(data).decode(), "epoch": 9, "seq": 64}}
        mem, said, _ = lives(node, peer, nvs=nvs, flash=flash)
        assert said or {"no_ap", "bad_key", "name", "tcp"} & dict(mem.notes.since()).keys()

    is_noted_and_the_copy_stands_in()


def test_rubbish_in_files(node, boot, peer, flash):
    writer = boot(WRITE)

    @law
    @given(files)
    def is_counted_and_the_rest_is_delivered(found):
        listed = [(name, base64.b64encode(data).decode()) for name, data in found.items()]
        assert writer.wake(files=listed, flash=flash)["how"] == "deepsleep"
        whole = {name: outbox.unpack_segment(data) for name, data in found.items()}
        lost = sum(outbox.size_of(name) for name in found if whole[name] is None)
        mirror = whole.pop("mirror", None)
        mem, said, _ = lives(node, peer, flash=flash)
        if mirror is not None:  # it takes the place of a broken segment of its name
            lost -= outbox.size_of(outbox.name_of(mirror)) * (outbox.name_of(mirror) in found)
        names = [name for name in whole if outbox.size_of(name) and whole[name]]
        if mem.spilled == 0:
            assert mem.outbox.lost >= max(0, lost)
            assert len(said) >= 1 + len(names)

    is_counted_and_the_rest_is_delivered()


def test_rubbish_in_the_blocks_of_flash(node, boot, peer, flash):
    """Bits that flipped anywhere in the file system, and whole blocks of noise."""
    writer = boot(WRITE)
    good = [(f"00000009-{40 * i:08x}-40", base64.b64encode(segment()).decode()) for i in range(3)]
    rng = random.Random("blocks")
    for n in range(60):
        assert writer.wake(files=good, flash=flash)["how"] == "deepsleep"
        _spoil(Path(flash[0]), rng, noise=n % 3 == 0)
        _, said, found = lives(node, peer, flash=flash)
        assert said[0][1]
        lives(node, peer, found.rtc, BUTTON, found["nvs"], flash=flash)


def _spoil(path, rng, noise):
    with path.open("r+b") as file:
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(8) * BLOCK
            if noise:
                file.seek(at)
                file.write(rng.randbytes(BLOCK))
            else:
                at += rng.randrange(BLOCK if rng.random() < 0.5 else 200)
                file.seek(at)
                byte = file.read(1)[0]
                file.seek(at)
                file.write(bytes([byte ^ 1 << rng.randrange(8)]))
