"""`os` as on the ESP32: no computer's names, and random bytes that a run can repeat."""

import base64


def test_what_only_a_computer_has_is_not_there(run):
    program = (
        "import os; say([n for n in ('getenv', 'system', 'putenv', 'unsetenv') if hasattr(os, n)])"
    )
    assert run(program).said == []


def test_it_says_that_it_is_an_esp32(run):
    assert run("import os; say(os.uname().sysname, os.uname()[0])").said == ["esp32", "esp32"]


DRAW = """
import os, time
from binascii import b2a_base64
first = os.urandom(8)
time.sleep_us({us})
say([b2a_base64(b).decode() for b in (first, os.urandom(8), os.urandom(1000)[:200])])
"""


def test_random_bytes_depend_on_the_seed_and_the_moment_alone(boot):
    chip = boot(DRAW.format(us=1))
    once, again, other = (chip.wake(seed=seed).said for seed in (5, 5, 6))
    assert once == again
    assert set(once).isdisjoint(other)
    assert once[0] != once[1]


def test_random_bytes_look_random(run):
    drawn = base64.b64decode(run(DRAW.format(us=1)).said[2])
    assert len(set(drawn)) > 90, "of 200"


def test_files_are_the_interpreters_own(run, tmp_path):
    (tmp_path / "a").write_text("x")
    path = str(tmp_path / "a")
    assert (
        run(
            f"import os; os.rename({path!r}, {path + 'b'!r}); say(os.stat({path + 'b'!r})[6])"
        ).said
        == 1
    )
    assert not (tmp_path / "a").exists()
