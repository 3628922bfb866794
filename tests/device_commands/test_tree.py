"""What a stock board gets is what the manifest lists."""

from __future__ import annotations

import pytest

from tools.device import tree
from tools.errors import UserError


def test_it_holds_what_the_manifest_lists_and_the_board():
    files = tree.of("devkit_v1")
    assert {"board.mpy", "main.mpy", "smartbin/wake.mpy", "umqtt/simple.mpy"} <= files.keys()
    assert "smartbin/message.mpy" not in files
    assert {data[:2] for data in files.values()} == {b"M\x06"}


def test_it_is_the_same_each_time_and_differs_by_board():
    once, again, other = (tree.of(name) for name in ("devkit_v1", "devkit_v1", "xiao_esp32c3"))
    assert once == again
    assert {path for path in once if once[path] != other[path]} == {"board.mpy"}


def test_a_wrong_board_is_refused(tmp_path):
    (tmp_path / "board.py").write_text("LED_PIN = 2\n")
    with pytest.raises(UserError):
        tree.of(str(tmp_path))
    with pytest.raises(UserError, match="There is no board named devkit"):
        tree.of("devkit")


def test_what_does_not_compile_is_a_sentence(tmp_path):
    (tmp_path / "bad.py").write_text("x = = 1\n")
    with pytest.raises(UserError, match=r"bad\.py does not compile: SyntaxError"):
        tree._compile("bad.py", tmp_path / "bad.py", tmp_path / "out")
