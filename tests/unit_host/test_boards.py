"""Every fault that a board file can have gives its sentence; the boards that we ship have none."""

import re
import shutil
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from tools import board_drawing, boards, boards_cli, chips, pin_rules
from tools.errors import UserError

PINS = [name for name, kind in boards.ATTRIBUTES.items() if kind.kind == "pin"]

GOOD = {
    "NAME": "bench",
    "TITLE": "a good board",
    "CHIP": "esp32",
    "FLASH_MB": 4,
    "SONAR": "jsn_sr04t_v3",
    "SONAR_TRIG_PIN": 25,
    "SONAR_ECHO_PIN": 26,
    "RAIL_PIN": 13,
    "RAIL_MA": 0.2,
    "BATTERY_ADC_PIN": 34,
    "BATTERY_DIVIDER": (1000, 1000),
    "NTC_ADC_PIN": 33,
    "DS18B20_PIN": None,
    "TILT_PIN": 14,
    "I2C_SDA_PIN": None,
    "I2C_SCL_PIN": None,
    "LID_PIN": 19,
    "DOZE": True,
    "SERVICE_PIN": 27,
    "LED_PIN": 18,
    "LED_LIT": 1,
    "SLEEP_UA": 11.6,
    "SLEEP_UA_SOURCE": "measured on a bench",
    "BOOT_MC": 2.3,
    "CPU_MA": 40,
    "LIGHT_MA": 0.8,
    "RADIO_MA": 120,
}
GOOD_C3 = GOOD | {
    "CHIP": "esp32c3",
    "SONAR_TRIG_PIN": 6,
    "SONAR_ECHO_PIN": 7,
    "RAIL_PIN": 4,
    "BATTERY_ADC_PIN": 3,
    "NTC_ADC_PIN": None,
    "TILT_PIN": None,
    "LID_PIN": 0,
    "DOZE": False,
    "SERVICE_PIN": 5,
    "LED_PIN": 10,
}


def board(base=GOOD, **changes):
    return SimpleNamespace(**(base | changes))


def without(name):
    return SimpleNamespace(**{key: value for key, value in GOOD.items() if key != name})


def test_a_good_board_has_neither_problems_nor_notes():
    assert boards.problems(board()) == []
    assert boards.notes(board()) == []
    assert boards.problems(board(GOOD_C3)) == []


FAULTS = [
    # attribute, value, what its one sentence must hold
    ("SONAR_TRIG_PIN", 24, "SONAR_TRIG_PIN is GPIO24, which the ESP32 does not have; choose"),
    ("SONAR_TRIG_PIN", 40, "the ESP32 does not have"),
    ("SONAR_TRIG_PIN", -1, "the ESP32 does not have"),
    ("SONAR_ECHO_PIN", 25, "SONAR_TRIG_PIN and SONAR_ECHO_PIN are both GPIO25; give one of"),
    ("LED_PIN", 27, "SERVICE_PIN and LED_PIN are both GPIO27"),
    ("SONAR_ECHO_PIN", 6, "SONAR_ECHO_PIN is GPIO6, which is wired to the flash chip"),
    ("BATTERY_ADC_PIN", 11, "wired to the flash chip"),
    ("LED_PIN", 1, "LED_PIN is GPIO1, which is the serial console"),
    ("SONAR_TRIG_PIN", 36, "SONAR_TRIG_PIN is GPIO36, which can only be an input"),
    ("RAIL_PIN", 39, "RAIL_PIN is GPIO39, which can only be an input"),
    ("LED_PIN", 35, "LED_PIN is GPIO35, which can only be an input"),
    ("BATTERY_ADC_PIN", 14, "BATTERY_ADC_PIN is GPIO14, which belongs to ADC2, which does not"),
    ("NTC_ADC_PIN", 4, "NTC_ADC_PIN is GPIO4, which belongs to ADC2"),
    ("NTC_ADC_PIN", 18 + 1, "NTC_ADC_PIN is GPIO19, which has no analogue converter"),
    ("RAIL_PIN", 0, "RAIL_PIN is GPIO0, which is a strapping pin"),
    ("SONAR_ECHO_PIN", 12, "gives the flash chip 1.8 V and the board does not start"),
    ("LED_PIN", 12, "LED_PIN is GPIO12, which is a strapping pin"),
    ("SERVICE_PIN", 12, "SERVICE_PIN is GPIO12, which is a strapping pin"),
    ("SERVICE_PIN", 23, "SERVICE_PIN is GPIO23, which cannot wake the ESP32 from deep sleep"),
    ("SONAR", "jsn_sr04t", "SONAR = jsn_sr04t is not known (did you mean jsn_sr04t_v"),
    (
        "LID_PIN",
        39,
        "LID_PIN is GPIO39, which has no pull-up inside, and a contact needs one; choose",
    ),
    ("TILT_PIN", 12, "TILT_PIN is GPIO12, which is a strapping pin"),
    ("DS18B20_PIN", 36, "DS18B20_PIN is GPIO36, which can only be an input"),
    ("DS18B20_PIN", 23, "NTC_ADC_PIN would never be read beside DS18B20_PIN; keep one"),
    ("I2C_SDA_PIN", 21, "I2C_SDA_PIN and I2C_SCL_PIN go together; give both"),
    ("I2C_SCL_PIN", 22, "I2C_SDA_PIN and I2C_SCL_PIN go together; give both"),
    ("I2C_SDA_PIN", 21, "TILT_PIN would never be read beside I2C_SDA_PIN; keep one"),
    ("DOZE", 1, "DOZE = 1 will not do; give it True or False"),
    ("CHIP", "esp32-c3", "CHIP = esp32-c3 is not known (did you mean esp32c3?); choose"),
    ("FLASH_MB", "4", "FLASH_MB = '4' will not do; give it whole megabytes"),
    ("FLASH_MB", True, "FLASH_MB = True will not do"),
    ("SONAR_ECHO_PIN", None, "SONAR_ECHO_PIN = None will not do; give it a GPIO number"),
    ("LED_PIN", "D2", "LED_PIN = 'D2' will not do; give it a GPIO number, such as 25, or None"),
    (
        "LED_LIT",
        2,
        "LED_LIT = 2 will not do; give it the level at which it lights, 0 or 1, or None",
    ),
    ("LED_LIT", True, "LED_LIT = True will not do"),
    ("LED_LIT", None, "LED_PIN is GPIO18, but LED_LIT is None; give the level at which it"),
    ("RAIL_MA", -1, "RAIL_MA = -1 will not do"),
    ("SLEEP_UA", 0, "SLEEP_UA = 0 will not do; give it microamperes above 0"),
    ("BOOT_MC", 0, "BOOT_MC = 0 will not do; give it millicoulombs above 0"),
    ("RADIO_MA", "much", "will not do; give it milliamperes above 0"),
    ("SLEEP_UA_SOURCE", " ", "text that says who measured SLEEP_UA"),
    ("TITLE", "", "TITLE = '' will not do"),
    ("BATTERY_DIVIDER", None, "BATTERY_ADC_PIN is GPIO34, but BATTERY_DIVIDER is None; give"),
    ("BATTERY_DIVIDER", (0, 1000), "BATTERY_DIVIDER = (0, 1000) will not do; give it (top_kohm"),
    ("BATTERY_DIVIDER", (1000,), "BATTERY_DIVIDER = (1000,) will not do"),
    ("BATTERY_DIVIDER", (100, 330), "3223 mV on BATTERY_ADC_PIN from a full cell of 4200 mV"),
    ("BATTERY_ADC_PIN", None, "has no BATTERY_ADC_PIN; give the pin or write None"),
    ("RAIL_PIN", None, "RAIL_MA = 0.2 has no RAIL_PIN, so nothing switches it"),
    ("LED_PINN", 2, "LED_PINN is not an attribute of a board (did you mean LED_PIN?); rename"),
    ("led_pin", 2, "led_pin is not an attribute of a board"),
]


@pytest.mark.parametrize(("name", "value", "sentence"), FAULTS)
def test_each_fault_gives_one_sentence(name, value, sentence):
    found = [text for text in boards.problems(board(**{name: value})) if sentence in text]
    assert len(found) == 1
    assert found[0].startswith("bench: ")
    assert found[0].endswith(".")
    assert name in found[0]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SONAR_TRIG_PIN", 22, "GPIO22, which the ESP32-C3 does not have"),
        ("LED_PIN", 11, "wired to the flash chip"),
        ("LED_PIN", 18, "GPIO18, which is the USB port, and with it the console"),
        ("BATTERY_ADC_PIN", 5, "belongs to ADC2, which does not work while Wi-Fi runs"),
        ("BATTERY_ADC_PIN", 2, "BATTERY_ADC_PIN is GPIO2, which is a strapping pin"),
        ("RAIL_PIN", 9, "RAIL_PIN is GPIO9, which is a strapping pin"),
        ("SERVICE_PIN", 10, "cannot wake the ESP32-C3 from deep sleep"),
        ("SERVICE_PIN", 9, "cannot wake the ESP32-C3 from deep sleep"),
        ("DOZE", True, "lets go of its outputs in light sleep"),
        ("BATTERY_DIVIDER", (100, 220), "2888 mV on BATTERY_ADC_PIN"),
    ],
)
def test_faults_are_those_of_the_chip(name, value, sentence):
    assert any(sentence in text for text in boards.problems(board(GOOD_C3, **{name: value})))


@pytest.mark.parametrize(
    ("chip", "name", "value", "sentence"),
    [
        ("esp32s3", "LED_PIN", 23, "GPIO23, which the ESP32-S3 does not have"),
        ("esp32s3", "LED_PIN", 30, "wired to the flash chip"),
        ("esp32s3", "LED_PIN", 20, "GPIO20, which is the USB port, and with it the console"),
        ("esp32s3", "LED_PIN", 45, "high at power-on gives the flash chip 1.8 V"),
        (
            "esp32s3",
            "BATTERY_ADC_PIN",
            12,
            "belongs to ADC2, which does not work while Wi-Fi runs",
        ),
        ("esp32s3", "SERVICE_PIN", 38, "cannot wake the ESP32-S3 from deep sleep"),
        ("esp32s3", "DOZE", True, "lets go of its outputs in light sleep"),
        ("esp32c6", "LED_PIN", 31, "GPIO31, which the ESP32-C6 does not have"),
        ("esp32c6", "LED_PIN", 24, "wired to the flash chip"),
        ("esp32c6", "LED_PIN", 12, "GPIO12, which is the USB port"),
        ("esp32c6", "RAIL_PIN", 9, "RAIL_PIN is GPIO9, which is a strapping pin"),
        ("esp32c6", "BATTERY_ADC_PIN", 7, "GPIO7, which has no analogue converter"),
        ("esp32c6", "SERVICE_PIN", 8, "cannot wake the ESP32-C6 from deep sleep"),
        ("esp32c6", "DOZE", True, "lets go of its outputs in light sleep"),
        ("esp32c6", "MODEM_TX_PIN", 27, "MODEM_TX_PIN is GPIO27, which is wired to the flash"),
    ],
)
def test_the_other_chips_have_their_own(chip, name, value, sentence):
    other = board(GOOD_C3, **{"CHIP": chip, name: value})
    assert any(sentence in text for text in boards.problems(other))


def test_what_few_boards_have_may_be_missing_but_not_clash():
    assert boards.problems(board(GOOD, MODEM_TX_PIN=22)) == []
    assert any("both GPIO25" in text for text in boards.problems(board(MODEM_TX_PIN=25)))


@pytest.mark.parametrize("name", list(GOOD))
def test_a_missing_attribute_is_named(name):
    found = [text for text in boards.problems(without(name)) if f"{name} is missing; give" in text]
    assert len(found) == 1


def test_optional_parts_may_be_absent():
    bare = dict.fromkeys(["RAIL_PIN", "BATTERY_ADC_PIN", "BATTERY_DIVIDER", "NTC_ADC_PIN"])
    assert boards.problems(board(**bare, SERVICE_PIN=None, LED_PIN=None, RAIL_MA=0)) == []


def test_one_wrong_board_gets_all_its_sentences():
    wrong = board(SONAR_TRIG_PIN=7, LED_PIN=34, SLEEP_UA="low", SONAR="hcsr")
    assert len(boards.problems(wrong)) == 5  # flash, input-only, clash with the ADC, kind, name


@pytest.mark.parametrize(
    ("base", "changes", "remark"),
    [
        (GOOD, {"LED_PIN": 2}, "LED_PIN is GPIO2: a strapping pin, harmless to a start from"),
        (GOOD, {"SERVICE_PIN": 0}, "SERVICE_PIN is GPIO0: a strapping pin, so leave its button"),
        (GOOD, {"SERVICE_PIN": 39}, "no pull-up inside"),
        (GOOD, {"RAIL_PIN": 23}, "floats in deep sleep"),
        (GOOD, {"LED_PIN": 17}, "free on modules without PSRAM only"),
        (GOOD, {"SONAR": "hc_sr04"}, "bring its echo down to 3.3 V"),
        (GOOD, {"RAIL_PIN": None, "RAIL_MA": 0}, "draws 165 uA all day"),
        (GOOD, {"BATTERY_DIVIDER": (100, 200)}, "2800 mV on the converter"),
        (GOOD_C3, {"NTC_ADC_PIN": 1}, "the thermistor stops at about 1 degree C"),
        (GOOD_C3, {"LED_PIN": 21}, "the boot messages pass over it"),
        (GOOD_C3, {"LED_PIN": 8}, "a strapping pin, harmless to a start from flash"),
        (GOOD_C3, {"SERVICE_PIN": 2}, "a strapping pin, so leave its button alone"),
        (GOOD_C3, {}, "MicroPython before 1.27 cannot wake this chip by a pin"),
    ],
)
def test_what_is_no_fault_is_a_note(base, changes, remark):
    assert boards.problems(board(base, **changes)) == []
    assert any(remark in text for text in boards.notes(board(base, **changes)))


@pytest.mark.parametrize("chip", list(chips.CHIPS.values()), ids=list(chips.CHIPS))
def test_the_tables_of_a_chip_hang_together(chip):
    mentioned = chip.input_only | chip.flash | chip.psram | chip.usb | chip.adc1 | chip.adc2
    assert mentioned | chip.wake | chip.straps.keys() | chip.console.keys() <= chip.pins
    assert not chip.adc1 & chip.adc2
    assert chip.adc_best_mv <= chip.adc_max_mv


@pytest.mark.parametrize("chip", list(chips.CHIPS.values()), ids=list(chips.CHIPS))
@pytest.mark.parametrize("use", ["output", "rail", "input", "adc", "wake", "pulled"])
def test_the_pins_that_are_advised_are_without_fault(chip, use):
    advised = [int(pin) for pin in re.findall(r"GPIO(\d+)", pin_rules.advice(chip, use))]
    assert advised
    for pin in advised:
        assert list(pin_rules.faults(chip, pin, use)) == []


def test_advice_leaves_out_pins_in_use_and_says_when_none_is_left():
    assert "GPIO32" not in pin_rules.advice(chips.ESP32, chips.ADC, taken=[32])
    assert "every pin that could do it is in use" in pin_rules.advice(
        chips.ESP32, chips.ADC, taken=range(40)
    )


# --- the boards that we ship


@pytest.mark.parametrize("name", boards.names())
def test_a_shipped_board_has_no_problems(name):
    assert boards.check(name)[0] == []


@pytest.mark.parametrize("name", boards.names())
def test_wiring_names_every_pin_of_the_board(name):
    page = boards.find(name).with_name("wiring.md").read_text(encoding="utf-8")
    table = " ".join(row[0] for row in boards.wiring_table(page)[1:])
    assert "Untried on hardware" in page
    wired = {pin for key, pin in vars(boards.load(name)).items() if key in PINS}
    assert {int(pin) for pin in re.findall(r"GPIO(\d+)", table)} == wired - {None}


@pytest.mark.parametrize("name", boards.names())
def test_the_parts_are_those_of_the_board(name):
    board, parts = boards.load(name), boards.bom(name)
    wanted = {part["for"] for part in parts} - {""}
    assert "SONAR" in wanted
    assert wanted <= set(boards.ATTRIBUTES)
    assert all(getattr(board, one) is not None for one in wanted)
    there = {wire.gpio for wire in board_drawing.wires(name) if wire.built_in}
    for key in ("RAIL", "BATTERY_ADC", "NTC_ADC", "TILT", "LID", "SERVICE"):
        pin = getattr(board, f"{key}_PIN")
        assert (f"{key}_PIN" in wanted) == (pin is not None and f"GPIO{pin}" not in there), key
    assert board.TITLE in parts[0]["type"]
    five_volt = any("5 V" in note for note in boards.notes(board))
    assert ("SONAR_ECHO_PIN" in wanted) == five_volt, "its echo wants a divider"


@pytest.mark.parametrize("name", boards.names())
def test_the_drawing_shows_every_pin_of_the_board(name):
    picture = board_drawing.draw(name)
    root = ElementTree.fromstring(picture)
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    pins = [pin for key, pin in vars(boards.load(name)).items() if key in PINS]
    shown = [int(text[4:]) for text in texts if text.startswith("GPIO")]
    assert sorted(shown) == sorted(pin for pin in pins if pin is not None)
    assert "?" not in texts, "each has a name in wiring.md"
    assert all(len(wire.goes_to) <= 70 for wire in board_drawing.wires(name)), "beyond its box"
    assert ("rail" in texts) == (boards.load(name).RAIL_PIN is not None)


def test_the_drawing_says_what_goes_between_as_the_wiring_table_does():
    assert "sensor ECHO through 1 kohm; 2 kohm from D26 to GND" in board_drawing.draw("devkit_v1")
    assert "sensor ECHO, directly" in board_drawing.draw("firebeetle2_esp32e")
    assert "push button to GND; 100 kohm to 3V3" in board_drawing.draw("xiao_esp32c3")


def test_the_drawing_tells_what_is_on_the_board_already():
    name = "firebeetle2_esp32e"
    parts = board_drawing.parts(boards.load(name), list(board_drawing.wires(name)))
    there = [part.title for part in parts if part.built_in]
    assert there == ["battery divider", "service button", "LED"]
    assert board_drawing.draw(name).count("stroke-dasharray") == len(there)


def test_the_reference_board_is_the_one_of_the_fact_sheet():
    fire = boards.load("firebeetle2_esp32e")
    assert (fire.CHIP, fire.BATTERY_ADC_PIN, fire.BATTERY_DIVIDER) == ("esp32", 34, (1000, 1000))
    assert (fire.SLEEP_UA, fire.SONAR) == (11.6, "jsn_sr04t_v3")


# --- reading a file


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "board.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("LED_PIN = = 2", "line 1: this is not Python"),
        ("import os", "line 1: a board file is data only"),
        ("A = 1\nLED_PIN = open('x')", "line 2: a board file is data only"),
        ("A = B = 1", "a board file is data only"),
        ("LED_PIN = {[]: 1}", "a board file is data only"),
        ("LED_PIN = 2\nLED_PIN = 4", "line 2: LED_PIN is given twice"),
        ("A = 1\0", "board.py"),
    ],
)
def test_a_file_that_is_not_plain_data_is_refused(file, text, sentence):
    with pytest.raises(UserError, match=re.escape(sentence)):
        boards.load(file(text))


def test_nothing_in_a_board_file_is_executed(file, tmp_path):
    marker = tmp_path / "ran"
    with pytest.raises(UserError):
        boards.load(file(f"A = __import__('pathlib').Path({str(marker)!r}).touch()"))
    assert not marker.exists()


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(UserError, match=r"did you mean devkit_v1\?.*xiao_esp32c3"):
        boards.find("devkit_v2")
    with pytest.raises(UserError, match="There is no board file"):
        boards.load("nowhere/board.py")


# --- the command


@pytest.fixture
def run():
    return lambda *words: CliRunner().invoke(boards_cli.app, list(words))


def test_list_shows_every_board_within_100_columns(run):
    result = run("list")
    assert result.exit_code == 0
    for name in boards.names():
        assert name in result.output
    assert "11.6 uA" in result.output
    assert max(map(len, result.output.splitlines())) <= 100


def test_check_passes_the_shipped_boards(run):
    result = run("check")
    assert result.exit_code == 0
    assert result.output.count("no problems.") == len(boards.names()) >= 3
    assert "note: devkit_v1: SERVICE_PIN is GPIO0" in result.output


def test_check_takes_a_path_and_exits_1(run, file):
    text = boards.find("devkit_v1").read_text(encoding="utf-8")
    result = run("check", str(file(text.replace("LED_PIN = 2", "LED_PIN = 34"))), "xiao_esp32c3")
    assert result.exit_code == 1
    assert "devkit_v1: LED_PIN is GPIO34, which can only be an input" in result.output
    assert "xiao_esp32c3: no problems." in result.output


def test_check_takes_a_folder_and_reports_a_board_that_is_not_there(run, tmp_path):
    shutil.copytree(boards.BOARDS / "devkit_v1", tmp_path / "mine")
    assert run("check", str(tmp_path / "mine")).exit_code == 0
    result = run("check", "devkit")
    assert result.exit_code == 1
    assert "did you mean devkit_v1?" in result.output


def test_a_board_in_the_tree_bears_the_name_of_its_folder(monkeypatch, tmp_path):
    shutil.copytree(boards.BOARDS / "devkit_v1", tmp_path / "mine")
    monkeypatch.setattr(boards, "BOARDS", tmp_path)
    assert boards.check("mine")[0] == ["devkit_v1: NAME must be that of the folder, mine."]


def test_wiring_prints_the_table_within_100_columns(run):
    result = run("wiring", "firebeetle2_esp32e")
    assert result.exit_code == 0
    assert "A2 (GPIO34)" in result.output
    assert "sensor ECHO" in result.output
    assert max(map(len, result.output.splitlines())) <= 100


def test_bom_prints_the_parts_within_100_columns(run):
    result = run("bom", "xiao_esp32s3")
    assert result.exit_code == 0
    assert "JSN-SR04T v3" in result.output
    assert max(map(len, result.output.splitlines())) <= 100


@pytest.mark.parametrize("row", ["one,resistor,1 kohm,", "1,resistor", "1,resistor,1 kohm,,more"])
def test_a_row_that_is_no_part_is_named(file, row):
    path = file("A = 1")
    path.with_name("bom.csv").write_text(f"count,part,type,for\n{row}\n")
    with pytest.raises(UserError, match="line 2: a row is count, part, type, for"):
        boards.bom(path)


def test_a_board_without_a_list_of_parts_says_so(file):
    with pytest.raises(UserError, match=r"has no bom\.csv"):
        boards.bom(file("A = 1"))


def test_drawing_writes_a_picture(run, tmp_path):
    result = run("drawing", "xiao_esp32c6", "--out", str(tmp_path / "c6.svg"))
    assert result.exit_code == 0, result.output
    assert (tmp_path / "c6.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_picture_that_cannot_be_drawn_or_written_says_why(run, file, tmp_path):
    result = run("drawing", "xiao_esp32c6", "--out", str(tmp_path / "no" / "c6.svg"))
    assert str(result.exception).endswith("c6.svg cannot be written: No such file or directory.")
    result = run("drawing", str(file("A = 1")))
    assert "A is not an attribute of a board" in str(result.exception)
    shipped = boards.find("devkit_v1").read_text(encoding="utf-8")
    result = run("drawing", str(file(shipped)))
    assert "has no wiring.md" in str(result.exception)


def test_wiring_without_a_page_or_a_table_says_so(run, file):
    result = run("wiring", str(file("A = 1")))
    assert "has no wiring.md" in str(result.exception)
    with pytest.raises(UserError, match="has no table"):
        boards.wiring_table("# nothing here")
