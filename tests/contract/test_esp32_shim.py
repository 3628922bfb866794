"""`esp32` as on the ESP32: NVS, what may end a deep sleep, the flash partition."""

import pytest

from tests.contract.chip import BOARD, C3, device

NOT_FOUND, INVALID_NAME, KEY_TOO_LONG, INVALID_LENGTH = -0x1102, -0x1106, -0x1109, -0x110C

# -- NVS ------------------------------------------------------------------------------------------

STORE = """
import esp32
nvs = esp32.NVS("space")
def code(function, *args):
    try:
        return function(*args)
    except OSError as e:
        return e.errno
"""


def test_what_was_committed_is_there_after_the_wake(boot):
    chip = boot(
        STORE
        + """
if machine.reset_cause() == machine.PWRON_RESET:
    nvs.set_i32("n", -5); nvs.set_blob("b", b"\\0\\xff z"); nvs.commit()
else:
    b = bytearray(10); say(nvs.get_i32("n"), nvs.get_blob("b", b), list(b))
"""
    )
    kept = chip.wake()["nvs"]
    found = chip.wake(nvs=kept, reset_cause=4)
    assert found.said == [-5, 4, [0, 255, 32, 122, 0, 0, 0, 0, 0, 0]]
    assert found["nvs"] is None, "nothing has changed"


def test_what_was_not_committed_is_lost(run):
    found = run(STORE + "nvs.set_i32('n', 1); say(nvs.get_i32('n')); machine.deepsleep(1)")
    assert found.said == 1, "until the sleep it is there"
    assert found["nvs"] is None


def test_an_erased_key_is_gone_with_the_commit(run):
    program = STORE + "nvs.erase_key('n'); say(code(nvs.get_i32, 'n')); nvs.commit()"
    found = run(program, nvs={"space": {"n": 7, "m": 8}})
    assert found.said == NOT_FOUND
    assert found["nvs"] == {"space": {"m": 8}}


def test_two_hands_on_one_space_do_not_undo_each_other(run):
    program = STORE + "other = esp32.NVS('space'); nvs.set_i32('a', 1); other.set_i32('b', 2)\n"
    found = run(program + "nvs.commit(); other.commit()", nvs={})
    assert found["nvs"] == {"space": {"a": 1, "b": 2}}


@pytest.mark.parametrize(
    ("call", "errno"),
    [
        ("nvs.get_i32, 'none'", NOT_FOUND),
        ("nvs.get_i32, 'blob'", NOT_FOUND),
        ("nvs.get_blob, 'none', bytearray(9)", NOT_FOUND),
        ("nvs.erase_key, 'none'", NOT_FOUND),
        ("nvs.get_blob, 'blob', bytearray(2)", INVALID_LENGTH),
        ("nvs.set_i32, 'k' * 16, 1", KEY_TOO_LONG),
        ("nvs.set_i32, '', 1", KEY_TOO_LONG),
        ("nvs.set_blob, 'k' * 16, b''", KEY_TOO_LONG),
        ("nvs.set_i32, 'k' * 15, 1", None),
        ("esp32.NVS, 's' * 16", INVALID_NAME),
    ],
)
def test_what_nvs_refuses(run, call, errno):
    stored = {"space": {"blob": "YWJj"}}  # abc
    assert run(STORE + f"say(code({call}))", nvs=stored).said == errno


@pytest.mark.parametrize(("value", "error"), [("1 << 31", "OverflowError"), ("1.0", "TypeError")])
def test_a_number_in_nvs_has_32_bits(run, value, error):
    assert run(STORE + f"say(raised(nvs.set_i32, 'n', {value}))").said == error


# -- what may end a deep sleep --------------------------------------------------------------------

ARM = "import esp32; pin = machine.Pin({pin}, machine.Pin.IN)\n"
LOW = "esp32.WAKEUP_ALL_LOW"


@pytest.mark.parametrize("call", [f"wake_on_ext0(pin, {LOW})", f"wake_on_ext1((pin,), {LOW})"])
def test_an_rtc_pin_can_be_armed(run, call):
    found = run(ARM.format(pin=27) + f"esp32.{call}; machine.deepsleep(1000)")
    assert found["wake_pins"] == [27]


@pytest.mark.parametrize("call", [f"wake_on_ext0(pin, {LOW})", f"wake_on_ext1((pin,), {LOW})"])
def test_another_pin_cannot(run, call):
    found = run(ARM.format(pin=18) + f"say(raised(lambda: esp32.{call}))")
    assert (found.said, found["wake_pins"]) == ("ValueError", [])


def test_armed_pins_are_forgotten_over_deep_sleep(boot):
    program = (
        ARM.format(pin=27) + "if machine.reset_cause() == 1: esp32.wake_on_ext0(pin, False)\n"
    )
    chip = boot(program + "machine.deepsleep(1000)")
    assert chip.wake()["wake_pins"] == [27]
    assert chip.wake(reset_cause=4)["wake_pins"] == []


def test_an_armed_pin_can_be_disarmed(run):
    program = "esp32.wake_on_ext0(pin, False); esp32.wake_on_ext0(None, False)"
    assert run(ARM.format(pin=27) + program)["wake_pins"] == []


def test_wake_on_gpio_is_for_light_sleep_on_this_chip_and_deepsleep_says_so(run):
    program = f"esp32.wake_on_gpio((pin,), {LOW}); say(raised(machine.deepsleep, 1000))"
    assert run(ARM.format(pin=27) + program).said == "ValueError"


def test_the_c3_has_wake_on_gpio_only(run):
    program = "say([hasattr(esp32, 'wake_on_' + n) for n in ('ext0', 'ext1', 'gpio')])"
    program += f"; esp32.wake_on_gpio((pin,), {LOW}); machine.deepsleep(1000)"
    found = run(ARM.format(pin=4) + program, C3)
    assert (found.said, found["wake_pins"]) == ([False, False, True], [4])


# -- the flash partition --------------------------------------------------------------------------

PART = """
import esp32, vfs, os
def files():
    part = esp32.Partition("vfs")
    try:
        fs = vfs.VfsLfs2(part)
    except OSError:
        vfs.VfsLfs2.mkfs(part)
        fs = vfs.VfsLfs2(part)
    vfs.mount(fs, "/flash")
"""
SIZE = 64 * 4096


@pytest.fixture
def flash(tmp_path):
    return {"flash": [str(tmp_path / "flash"), SIZE]}


def test_files_survive_the_wake(boot, flash):
    chip = boot(
        PART
        + """
files()
if machine.reset_cause() == machine.PWRON_RESET:
    for n in range(5):
        with open("/flash/%d" % n, "w") as f:
            f.write("line %d\\n" % n * 300)
else:
    names = sorted(os.listdir("/flash"))
    say([open("/flash/" + n).read() == "line %s\\n" % n * 300 for n in names])
machine.deepsleep(1000)
"""
    )
    first = chip.wake(**flash)
    assert first["flash"]["erases"] >= 5
    assert first["flash"]["writes"] >= 5 * 2100 // 128
    second = chip.wake(reset_cause=4, **flash)
    assert second.said == [True] * 5
    assert second["flash"] == {"erases": 0, "writes": 0, "worn": []}, "reading wears nothing"


def test_a_file_that_was_not_closed_before_the_sleep_is_lost(boot, flash):
    chip = boot(
        PART
        + """
files()
if machine.reset_cause() == machine.PWRON_RESET:
    with open("/flash/a", "w") as f:
        f.write("old")
    lost = open("/flash/a", "w")
    lost.write("new")
    with open("/flash/b", "w") as f:
        f.write("never closed: the chip sleeps before that")
        machine.deepsleep(1000)
else:
    size = os.stat("/flash/b")[6] if "b" in os.listdir("/flash") else 0
    say(open("/flash/a").read(), size)
"""
    )
    first = chip.wake(**flash)
    assert (first["how"], first["crash"]) == ("deepsleep", None)
    assert chip.wake(reset_cause=4, **flash).said == ["old", 0]


def test_a_file_closed_by_the_collector_is_closed_while_there_is_power(boot, flash):
    chip = boot(
        PART
        + """
files()
if machine.reset_cause() == machine.PWRON_RESET:
    import twin
    gc = twin.builtin("gc")
    def forgetful():
        open("/flash/a", "w").write("collected" * 500)
    forgetful()
    gc.collect(); bytes(5000); gc.collect()
    machine.deepsleep(1000)
say(open("/flash/a").read() == "collected" * 500)
"""
    )
    chip.wake(**flash)
    assert chip.wake(reset_cause=4, **flash).said is True


def test_mounts_and_the_folder_we_are_in_do_not_outlive_the_wake(boot, flash):
    chip = boot(
        PART
        + """
where = [w for _, w in vfs.mount()]
files()
os.chdir("/flash")
say(where, os.getcwd())
"""
    )
    for _ in range(2):
        assert chip.wake(**flash).said == [["/"], "/flash"]


def test_each_bin_has_its_own_flash(boot, tmp_path):
    program = "files(); n = os.listdir('/flash'); open('/flash/x', 'w').close(); say(n)"
    chip = boot(PART + program + "; machine.deepsleep(1000)")
    one, other = [{"flash": [str(tmp_path / name), SIZE]} for name in ("one", "other")]
    assert [chip.wake(**who).said for who in (one, other, one, other)] == [[], [], ["x"], ["x"]]


def test_a_new_flash_is_blank_and_sparse(run, flash, tmp_path):
    program = (
        PART
        + "b = bytearray(8192); esp32.Partition('vfs').readblocks(3, b); say(b == b'\\xff' * 8192)"
    )
    found = run(program, **flash)
    assert found.said is True
    path = tmp_path / "flash"
    assert path.stat().st_size > SIZE
    assert path.stat().st_blocks * 512 <= 3 * 4096


def test_a_write_clears_bits_and_only_an_erase_sets_them(run, flash):
    program = """
part = esp32.Partition("vfs")
b = bytearray(4)
def seen():
    part.readblocks(5, b, 10)
    return list(b)
part.writeblocks(5, b"\\xf0\\x0f\\xaa", 10); a = seen()
part.writeblocks(5, b"\\x3c\\xff\\x55", 10); c = seen()
part.ioctl(6, 5); d = seen()
part.writeblocks(5, bytes(4096)); e = seen()
say(a, c, d, e)
"""
    found = run(PART + program, **flash)
    blank = [255] * 4
    assert found.said == [[0xF0, 0x0F, 0xAA, 255], [0x30, 0x0F, 0, 255], blank, [0] * 4]
    assert found["flash"] == {"erases": 2, "writes": 3, "worn": [[5, 2]]}


def test_several_blocks_at_once(run, flash):
    program = """
part = esp32.Partition("vfs")
data = bytes(range(256)) * 40
part.writeblocks(2, data)
b = bytearray(len(data)); part.readblocks(2, b)
c = bytearray(6000); part.readblocks(2, c, 3000)
say(b == data, c == data[3000:9000], part.ioctl(4), part.ioctl(5), part.info()[3])
"""
    found = run(PART + program, **flash)
    assert found.said == [True, True, 64, 4096, SIZE]
    assert found["flash"] == {"erases": 3, "writes": 3, "worn": [[2, 1], [3, 1], [4, 1]]}


def test_finding_partitions(run, flash):
    program = """
P = esp32.Partition
say(len(P.find(P.TYPE_DATA, label="vfs")), len(P.find(P.TYPE_DATA)), len(P.find()),
    len(P.find(P.TYPE_DATA, label="nvs")), raised(P, "ota_0"))
"""
    assert run(PART + program, **flash).said == [1, 1, 0, 0, "OSError"]


def test_who_never_touches_flash_has_no_file(run, flash, tmp_path):
    run("import esp32; machine.deepsleep(1000)", **flash)
    assert not (tmp_path / "flash").exists()


def test_the_twin_gives_each_bin_the_flash_of_its_board(boot, tmp_path):
    twin = device(BOARD, flash=tmp_path)
    chip = boot(PART + "files(); open('/flash/here', 'w').close(); machine.deepsleep(60_000)")
    for _ in range(2):
        chip.live(twin)
    assert [path.name for path in tmp_path.glob("[0-9]")] == ["0"]
    assert (tmp_path / "0").stat().st_size > 2 << 20
