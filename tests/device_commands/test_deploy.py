"""A version comes onto a board whole or not at all."""

from __future__ import annotations

import hashlib

import pytest

from tests.device_commands.board import Board
from tools.device import deploy, fitting
from tools.device.talk import DeviceError, Talk


def version(n):
    """A tree whose main says which one it is; every file of it belongs to that version."""
    return {
        "main.py": b"from lib.deep import number\nimport other\nprint('runs', number + other.n)\n",
        "other.py": b"n = %d\n" % (n * 10),
        "lib/deep.py": b"number = %d\n" % n + b"# " + b"x" * 2000 * n,
    }


@pytest.fixture
def board(tmp_path):
    made = Board(tmp_path)
    yield made
    made.power_off()


@pytest.fixture
def device(board):
    return Talk("here", board)


def starts(board):
    """What the version that runs says after a loss of power."""
    board.power_off()
    board.power_on()
    out, wrong = board.exec_raw("exec(open('/main.py').read())")
    assert wrong == b""
    return out.decode().strip()


def test_the_first_version_runs(board, device):
    assert "stands in /app/A" in deploy.bring(device, version(1))
    assert starts(board) == "runs 11"


def test_the_next_goes_beside_it_and_the_same_again_writes_nothing(board, device):
    deploy.bring(device, version(1))
    assert "stands in /app/B" in deploy.bring(device, version(2))
    before = board._image.read_bytes()
    assert "nothing was written" in deploy.bring(device, version(2))
    assert board._image.read_bytes() == before
    assert starts(board) == "runs 22"
    assert "stands in /app/A" in deploy.bring(device, version(3))
    assert starts(board) == "runs 33"


def test_a_main_of_somebody_else_is_spared(board, device):
    device.put("/main.py", b"print('blink')\n")
    assert "is main.old.py now" in deploy.bring(device, version(1))
    assert device.get("/main.old.py") == b"print('blink')\n"
    assert starts(board) == "runs 11"


def test_a_stub_of_an_older_deploy_is_replaced_at_one_blow(board, device):
    device.put("/main.py", deploy.STUB + b"# older")
    assert "main.old" not in deploy.bring(device, version(1))
    assert starts(board) == "runs 11"
    assert b"main.old" not in board.exec_raw("import os\nprint(os.listdir('/'))")[0]


def operations(board, device):
    """How many a change from 1 to 2 takes."""
    board.done = 0
    deploy.bring(device, version(2))
    return board.done


def test_cut_anywhere_the_old_version_runs_or_the_new_one(tmp_path):
    counted = Board(tmp_path)
    deploy.bring(Talk("here", counted), version(1))
    total = operations(counted, Talk("here", counted))
    counted.power_off()
    seen = set()
    for cut in range(total):
        board = Board(tmp_path)
        device = Talk("here", board)
        deploy.bring(device, version(1))
        board.done, board.cut_after = 0, cut
        with pytest.raises(DeviceError, match="fell silent"):
            deploy.bring(device, version(2))
        said = starts(board)
        assert said in ("runs 11", "runs 22"), f"cut after {cut} of {total}"
        seen.add(said)
        deploy.bring(Talk("here", board), version(2))
        assert starts(board) == "runs 22"
        board.power_off()
    assert total >= 20
    assert seen == {"runs 11", "runs 22"}  # the last operation looks at main.py only


def test_the_first_one_cut_anywhere_starts_whole_or_not_at_all(tmp_path):
    """main.py comes last: before it, the board is as it was."""
    for cut in range(100):
        board = Board(tmp_path)
        board.cut_after = cut
        try:
            deploy.bring(Talk("here", board), version(1))
        except DeviceError:
            pass
        else:
            break
        board.power_off()
        board.power_on()
        names = board.exec_raw("import os\nprint(os.listdir('/'))")[0]
        assert b"main.py" not in names or starts(board) == "runs 11", f"cut after {cut}"
        board.power_off()
    assert cut >= 20
    board.power_off()


def test_what_came_over_wrong_is_seen(board, device, monkeypatch):
    deploy.bring(device, version(1))
    put = Talk.put

    def noisy(self, path, data, *step):
        put(self, path, data.replace(b"n", b"m", 1), *step)

    monkeypatch.setattr(Talk, "put", noisy)
    with pytest.raises(DeviceError, match="the old version stays"):
        deploy.bring(device, version(2))
    assert starts(board) == "runs 11"


def test_what_does_not_fit_is_said_before_it_is_sent(device):
    deploy.bring(device, version(1))
    with pytest.raises(DeviceError, match="do not fit"):
        deploy.bring(device, {"main.py": bytes(300_000)})


def test_sums_are_those_of_the_host(device):
    device.folder("/app")
    data = bytes(range(256)) * 9
    device.put("/app/rows", data)
    assert device.sums("/app") == {"/app/rows": hashlib.sha256(data).hexdigest()}
    assert device.get("/app/rows") == data
    assert device.sums("/app/none") == {}


@pytest.mark.parametrize(
    ("machine", "chip", "yes"),
    [
        ("Generic ESP32 module with ESP32", "esp32", True),
        ("Generic ESP32 module with SPIRAM with ESP32", "esp32", True),
        ("ESP32C3 module with ESP32C3", "esp32c3", True),
        ("ESP32C3 module with ESP32C3", "esp32", False),
        ("Generic ESP32S3 module with ESP32S3", "esp32c3", False),
    ],
)
def test_a_chip_is_known_by_what_its_interpreter_says(machine, chip, yes):
    assert fitting.is_chip(machine, chip) is yes


def facts(text):
    class Said:
        port = "here"

        def exec(self, code):
            return text

    return Said()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("6 3 1 Generic ESP32 module with ESP32\n", "runs a product image"),
        ("6 2 0 Generic ESP32 module with ESP32\n", "version 1.25 or later"),
        ("6 3 0 ESP32C3 module with ESP32C3\n", "has an esp32; name the right board"),
    ],
)
def test_a_board_that_cannot_run_it_is_left_alone(text, sentence):
    with pytest.raises(DeviceError, match=sentence):
        fitting.check(facts(text), "devkit_v1")
    fitting.check(facts("6 3 0 Generic ESP32 module with ESP32\n"), "devkit_v1")
