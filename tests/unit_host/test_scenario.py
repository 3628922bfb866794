"""Scenario files: what is read, what is refused, and with which sentence."""

import re
import socket
import subprocess
import tomllib
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import expect, faults, scenario, units
from sim.errors import SimError
from sim.scenario_keys import keys
from sim.scenario_table import SECTIONS, Fault
from sim.scenario_values import checked, example
from tools import scenario_page

HISTORY = "date,bin,fullness_tenths\n2020-03-01,aa,2\n2020-03-04,aa,4\n2020-03-02,bb,0\n"


@pytest.fixture(autouse=True)
def _nothing_starts(monkeypatch):
    def started(*_, **__):
        raise AssertionError("a scenario that is only read started something")

    monkeypatch.setattr(subprocess, "Popen", started)
    monkeypatch.setattr(socket.socket, "bind", started)
    monkeypatch.setattr(socket.socket, "connect", started)


@pytest.fixture
def load(tmp_path):
    (tmp_path / "history.csv").write_text(HISTORY)

    def load(text, **overrides):
        path = tmp_path / "trial.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return scenario.load(path, **overrides)

    return load


def test_an_empty_file_is_one_bin_for_one_day(load, tmp_path):
    s = load("")
    assert (s.path, s.run.name) == (tmp_path / "trial.toml", "trial")
    assert (s.run.days, s.run.bins, s.run.seed) == (1.0, 1, 1)
    assert s.run.start == datetime(2020, 3, 2, tzinfo=UTC)
    assert (s.faults, s.expect, s.bin.settings) == ((), {}, {})
    assert scenario.bin_ids(s) == ["bin-001"]


def test_every_section_can_be_given(load):
    lines = []
    for name, record in SECTIONS.items():
        lines.append(f"[{name}]")
        lines += [example(key) for key in keys(record) if key.only in ("", "arrivals")]
    s = load("\n".join(lines))
    assert s.run.title == "A week in March"
    assert s.broker.port == 1883
    assert s.bin.settings == {"pings": 5}


def test_whole_numbers_will_do_where_a_fraction_may_stand(load):
    s = load("[run]\ndays = 3\n[sound]\njitter_us = 0")
    assert isinstance(s.run.days, float) and s.run.days == 3.0 and s.sound.jitter_us == 0.0


def test_a_start_keeps_its_own_clock(load):
    s = load("[run]\nstart = 2020-03-02T08:00:00+11:00")
    assert s.run.start.hour == 8
    assert s.run.start.astimezone(UTC) == datetime(2020, 3, 1, 21, tzinfo=UTC)


def test_faults_become_milliseconds_and_indices(load):
    s = load(
        "[run]\nbins = 7\ndays = 2\n"
        '[[fault]]\nkind = "ap_down"\nat = "1d6h"\nlasts = "90m"\nbins = "1/3"\n'
        '[[fault]]\nkind = "power_cut"\nat = "0s"\nlasts = "1.5h"\n'
        '[[fault]]\nkind = "sonar_silent"\nat = "1h"\nlasts = "1ms"\nbins = [7, 1]\n'
    )
    assert s.faults[0] == Fault("ap_down", 108_000_000, 5_400_000, (0, 3, 6))
    assert s.faults[1] == Fault("power_cut", 0, 5_400_000, tuple(range(7)))
    assert s.faults[2] == Fault("sonar_silent", 3_600_000, 1, (6, 0))
    assert isinstance(s.faults, faults.Faults)


def test_a_history_lies_beside_the_scenario_and_gives_the_stations(load, tmp_path):
    text = '[run]\nbins = 2\n[bin]\nid = "w-{station}"\n[waste]\nkind = "history"\n'
    s = load(text + 'history = "history.csv"')
    assert s.waste.history == str(tmp_path / "history.csv")
    assert s.waste.stations == ("aa", "bb")
    assert scenario.bin_ids(s) == ["w-aa", "w-bb"]
    assert (
        load(text + 'history = "history.csv"\nstations = ["bb", "aa"]').waste.stations[0] == "bb"
    )


def test_expectations_may_be_nested_or_quoted(load):
    s = load('[expect]\nreadings.lost = 0\n"readings.taken" = ">= 5"\n[expect.broker]\nkind = "x"')
    assert s.expect == {"readings.lost": 0, "readings.taken": ">= 5", "broker.kind": "x"}


def test_the_command_line_stands_in_for_the_file(load):
    text = (
        "[run]\nbins = 9\ndays = 3\n"
        '[[fault]]\nkind = "ap_down"\nat = "2d"\nlasts = "1h"\n'
        '[[fault]]\nkind = "ap_down"\nat = "1h"\nlasts = "1h"\nbins = "1/3"\n'
        '[[fault]]\nkind = "power_cut"\nat = "1h"\nlasts = "1h"\nbins = [2, 9]\n'
        '[[fault]]\nkind = "power_cut"\nat = "1h"\nlasts = "1h"\nbins = [9]\n'
    )
    s = load(text, days=1, bins=4, seed=77)
    assert (s.run.days, s.run.bins, s.run.seed) == (1.0, 4, 77)
    assert [f.bins for f in s.faults] == [(0, 3), (1,)]
    assert load(text, bins=12).faults[1].bins == (0, 3, 6, 9)
    assert len(load(text, days=None).faults) == 4


@pytest.mark.parametrize(
    ("overrides", "parts"),
    [
        ({"days": 0}, ["command line: days = 0 is out of bounds", "from 0.01 to 4000 days"]),
        ({"bins": 20_001}, ["command line: bins = 20001", "from 1 to 20000"]),
        ({"seed": -1}, ["command line: seed = -1", "from 0"]),
    ],
)
def test_the_command_line_is_checked_too(load, overrides, parts):
    with pytest.raises(scenario.ScenarioError) as caught:
        load("", **overrides)
    for part in parts:
        assert part in str(caught.value)


def test_more_bins_from_the_command_line_need_stations(load):
    with pytest.raises(
        scenario.ScenarioError, match=r"the history has 2, too few for \[run\] bins = 3"
    ):
        load('[waste]\nkind = "history"\nhistory = "history.csv"', bins=3)


FAULT = '[[fault]]\nkind = "ap_down"\nat = "1h"\nlasts = "1h"\n'
REPLAY = '[waste]\nkind = "history"\nhistory = "history.csv"\n'

# One case for each kind of mistake: the text, section and key of the error, parts of its sentence.
MISTAKES = {
    "no equals sign": ("[run]\ndays 3\n", "line 2", "", ["this is not TOML", "key = value"]),
    "cut off": ("[run]\nname = 'x", "line 2", "", ["this is not TOML"]),
    "same key twice": (
        "[run]\nseed = 1\nseed = 2",
        "line 3",
        "",
        ["overwrite", "keep one of the two"],
    ),
    "not text": (b"[run]\nname = '\xff'", "line 2", "", ["UTF-8"]),
    "too deep": ("a = " + "[" * 5000, "", "", ["nested too deeply", "docs/scenario.md"]),
    "unknown section": ("[wast]\n", "", "wast", ['no section "wast"', "did you mean waste?"]),
    "section list": ("[zzz]\n", "", "zzz", ["one of run, board", "expect"]),
    "key outside": ("days = 3\n", "", "days", ["outside a section", "below [run]"]),
    "double brackets": ("[[run]]\n", "[run]", "", ["[run] in single brackets"]),
    "single brackets": ("[fault]\n", "[fault]", "", ["[[fault]] in double brackets"]),
    "fault no table": ("fault = [3]\n", "[fault]", "", ["[[fault]] in double brackets"]),
    "unknown key": ("[run]\ndasy = 3", "[run]", "dasy", ["take it out", "did you mean days?"]),
    "unlike any key": ("[cell]\nzzz = 3", "[cell]", "zzz", ["the keys here are kind"]),
    "text for whole": (
        '[run]\nseed = "seven"',
        "[run]",
        "seed",
        ['seed = "seven" is text; a whole number is needed, e.g. seed = 1'],
    ),
    "fraction": ("[run]\nbins = 2.5", "[run]", "bins", ["with a fraction", "e.g. bins = 1"]),
    "boolean": ("[run]\nseed = true", "[run]", "seed", ["seed = true is a truth value"]),
    "number for yes": ("[run]\ncold = 1", "[run]", "cold", ["true or false is needed"]),
    "number for text": ("[radio]\nkey = 12345678", "[radio]", "key", ["a text in quotes"]),
    "text with unit": (
        '[run]\ndays = "3d"',
        "[run]",
        "days",
        ['days = "3d" is text', "a number (days)", "e.g. days = 1"],
    ),
    "list for text": ("[cell]\nkind = []", "[cell]", "kind", ["kind = [] is a list"]),
    "date alone": (
        "[run]\nstart = 2020-03-02",
        "[run]",
        "start",
        ["without a time", "e.g. start"],
    ),
    "no time zone": ("[run]\nstart = 2020-03-02T00:00:00", "[run]", "start", ["00:00:00Z"]),
    "too early": ("[run]\nstart = 1999-03-02T00:00:00Z", "[run]", "start", ["from 2001-01-01"]),
    "too many": ("[run]\nbins = 20001", "[run]", "bins", ["out of bounds", "from 1 to 20000"]),
    "huge": (f"[run]\ndays = 1{'0' * 400}", "[run]", "days", ["(a huge number) is out of"]),
    "unspeakable": (f"[run]\nseed = 0x{'f' * 9000}", "[run]", "seed", ["(a huge number) is out"]),
    "not a number": ("[run]\ndays = nan", "[run]", "days", ["out of bounds"]),
    "below zero": ("[sound]\njitter_us = -1", "[sound]", "jitter_us", ["from 0 to 5000 us"]),
    "too long": (f'[radio]\nssid = "{"x" * 33}"', "[radio]", "ssid", ["from 1 to 32 bytes"]),
    "no such choice": ('[broker]\nkind = "amqt"', "[broker]", "kind", ["did you mean amqtt?"]),
    "no such board": (
        '[board]\nname = "devkit"',
        "[board]",
        "name",
        ['name = "devkit" is no folder of boards/', "did you mean devkit_v1?"],
    ),
    "board is a path": ('[board]\nname = "../boards/devkit_v1"', "[board]", "name", ["one of"]),
    "full above empty": (
        "[bin]\nempty_mm = 300\nfull_mm = 300",
        "[bin]",
        "full_mm",
        ["full_mm = 300 must be below empty_mm = 300", "a larger empty_mm"],
    ),
    "full near empty": (
        "[bin]\nempty_mm = 300\nfull_mm = 290",
        "[bin]",
        "full_mm",
        ["full_mm must be"],
    ),
    "unknown setting": (
        "[bin]\nsettings = { ping = 5 }",
        "[bin]",
        "settings.ping",
        ["ping", "did you mean pings?"],
    ),
    "wrong setting": ("[bin]\nsettings.pings = 0", "[bin]", "settings.pings", ["from 3 to 15"]),
    "same id by setting": (
        '[bin]\nsettings.bin_id = "a"',
        "[bin]",
        "settings.bin_id",
        ["all bins alike", "write id ="],
    ),
    "setting is a list": ("[bin]\nsettings.pings = [1]", "[bin]", "settings", ["write it as one"]),
    "id of two bins": ('[run]\nbins = 2\n[bin]\nid = "a"', "[bin]", "id", ['id = "bin-{n}"']),
    "id too long": (f'[bin]\nid = "{"x" * 25}"', "[bin]", "id", ["1 to 24 letters"]),
    "id with space": ('[bin]\nid = "a b"', "[bin]", "id", ['gives "a b"', "such as"]),
    "id with unknown": ('[bin]\nid = "a{m}"', "[bin]", "id", ["cannot be filled in", "{n:03d}"]),
    "id with attribute": ('[bin]\nid = "{n.real}"', "[bin]", "id", ["cannot be filled in"]),
    "id far too wide": ('[bin]\nid = "{n:0999999999d}"', "[bin]", "id", ["cannot be filled in"]),
    "id half open": ('[bin]\nid = "a{n"', "[bin]", "id", ["is no pattern", "{station}"]),
    "id of a station": ('[bin]\nid = "{station}"', "[bin]", "id", ["needs a history", "use {n}"]),
    "no effect": (
        '[waste]\nhistory = "history.csv"',
        "[waste]",
        "history",
        ['means nothing with kind = "arrivals"', 'kind = "history"'],
    ),
    "host of our own": ('[broker]\nhost = "h"', "[broker]", "host", ['kind = "external"']),
    "no port": ('[broker]\nkind = "external"', "[broker]", "port", ["e.g. port = 1883"]),
    "password alone": ('[broker]\npassword = "x"', "[broker]", "password", ["needs a user"]),
    "history unnamed": ('[waste]\nkind = "history"', "[waste]", "history", ["history is missing"]),
    "history missing": (
        '[waste]\nkind = "history"\nhistory = "none.csv"',
        "[waste]",
        "history",
        ['history = "none.csv" cannot be read', "relative to the scenario file"],
    ),
    "history a folder": (
        '[waste]\nkind = "history"\nhistory = "."',
        "[waste]",
        "history",
        ["read"],
    ),
    "no history": (
        '[waste]\nkind = "history"\nhistory = "trial.toml"',
        "[waste]",
        "history",
        ["lacks a column", "date,bin,fullness_tenths"],
    ),
    "too few in the file": ("[run]\nbins = 3\n" + REPLAY, "[waste]", "stations", ["bins = 2 or"]),
    "too few named": (
        "[run]\nbins = 2\n" + REPLAY + 'stations = ["aa"]',
        "[waste]",
        "stations",
        ["stations names 1, too few", "or name more stations"],
    ),
    "no such station": (
        REPLAY + 'stations = ["bbb"]',
        "[waste]",
        "stations",
        ['has "bbb"', "did you mean bb?"],
    ),
    "station number": (REPLAY + "stations = [7]", "[waste]", "stations", ['in quotes: "7"']),
    "station twice": (REPLAY + 'stations = ["aa", "aa"]', "[waste]", "stations", ['"aa" twice']),
    "another year": (
        "[run]\nstart = 2021-01-01T00:00:00Z\n" + REPLAY,
        "[waste]",
        "stations",
        ["from 2020-03-01 to 2020-03-04 only", "move [run] start"],
    ),
    "fault without kind": ('[[fault]]\nat = "1h"', "[[fault]] 1", "kind", ['kind = "ap_down"']),
    "no such fault": (
        FAULT + FAULT.replace("ap_down", "ap_dwon"),
        "[[fault]] 2",
        "kind",
        ["did you mean ap_down?"],
    ),
    "duration is a number": (
        FAULT.replace('"1h"', "1", 1),
        "[[fault]] 1",
        "at",
        ["a duration in quotes", 'e.g. at = "1d6h"'],
    ),
    "duration without unit": (
        FAULT.replace('"1h"', '"90"', 1),
        "[[fault]] 1",
        "at",
        ['at = "90" has no unit', '"90m"'],
    ),
    "parsecs": (FAULT.replace("1h", "6 parsecs", 1), "[[fault]] 1", "at", ['has "parsecs" where']),
    "no duration": (FAULT.replace("1h", "-1h", 1), "[[fault]] 1", "at", ["is not a duration"]),
    "lasts nothing": (
        FAULT.replace('lasts = "1h"', 'lasts = "0s"'),
        "[[fault]] 1",
        "lasts",
        ["more than 0s"],
    ),
    "after the end": (
        FAULT.replace("1h", "1d", 1),
        "[[fault]] 1",
        "at",
        ['at = "1d" is after the end of the run, which lasts 1d', "more [run] days"],
    ),
    "no such bin": (FAULT + "bins = [2]", "[[fault]] 1", "bins", ["bins has 2", "[run] bins = 1"]),
    "bin zero": (FAULT + "bins = [0]", "[[fault]] 1", "bins", ["has 0 in it", "from 1"]),
    "bin twice": (FAULT + "bins = [1, 1]", "[[fault]] 1", "bins", ["has 1 twice"]),
    "no bins": (FAULT + "bins = []", "[[fault]] 1", "bins", ["is empty", '"all"']),
    "some bins": (FAULT + 'bins = "some"', "[[fault]] 1", "bins", ['"1/3" for every third']),
    "bad comparison": (
        '[expect]\nreadings.lost = "=> 0"',
        "[expect]",
        "readings.lost",
        ['readings.lost = "=> 0" is not a comparison', '">=500"'],
    ),
    "expects a list": ("[expect]\nwakes = [1]", "[expect]", "wakes", ["nothing to compare with"]),
    "expects nan": ("[expect]\nwakes = nan", "[expect]", "wakes", ["nothing to compare with"]),
    "empty path": ('[expect]\n"a..b" = 1', "[expect]", "a..b", ["no path", "readings.lost = 0"]),
    "same path twice": ('[expect]\n"a.b" = 1\na.b = 1', "[expect]", "a.b", ["twice"]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_sentence_with_file_place_and_remedy(load, name):
    text, section, key, parts = MISTAKES[name]
    with pytest.raises(scenario.ScenarioError) as caught:
        load(text)
    error, sentence = caught.value, str(caught.value)
    assert isinstance(error, SimError)
    assert error.section == section
    assert error.key == key
    assert error.file.name == "trial.toml" and str(error.file) in sentence and section in sentence
    for part in [*parts, key]:
        assert part.removeprefix("settings.") in sentence
    assert "\n" not in sentence and len(sentence.removeprefix(str(error.file))) < 300


@pytest.mark.parametrize("path", ["none.toml", ".", "none/such.toml", "x\0y", "x" * 300])
def test_a_file_that_cannot_be_read_is_named(path):
    with pytest.raises(
        scenario.ScenarioError, match=r"cannot be read .*check its name and folder"
    ):
        scenario.load(path)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (HISTORY + "2020-03-02,bb,0\n", "has bin bb twice on 2020-03-02, in line 5"),
        (HISTORY + "2020-03-03,bb,11\n", "wrong in line 5"),
        (HISTORY + "yesterday,bb,1\n", "wrong in line 5"),
        (HISTORY + "2020-03-03\n", "wrong in line 5"),
        ("", "lacks a column"),
        ("\0", "line 1|lacks a column|no CSV text"),
    ],
)
def test_a_broken_history_is_refused_with_its_line(load, tmp_path, content, part):
    (tmp_path / "history.csv").write_text(content)
    with pytest.raises(scenario.ScenarioError, match=part):
        load(REPLAY)


WORDS = [
    *("[run]", "[bin]", "[waste]", "[broker]", "[[fault]]", "[expect]", "[radio]", "\n", "\n"),
    *("days", "bins", "seed", "start", "id", "settings", "kind", "history", "stations", "at"),
    *("lasts", "port", "=", "=", "=", "1", "2.5", "nan", "true", '"1h"', '"all"', '">=1"', "{"),
    *("}", "[", "]", ",", ".", '"history"', '"trial.toml"', '"{n}"', "2020-03-02T00:00:00Z"),
    *('"ap_down"', '"external"', "pings", '"x"', "-9", "0xffffffffffffffffff", "'\u2028\x7f'"),
]
lines = st.tuples(st.sampled_from(WORDS), st.just("="), st.sampled_from(WORDS)).map(" ".join)
likely = st.lists(st.one_of(lines, st.sampled_from(WORDS)), max_size=20).map("\n".join)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(), st.binary(), likely))
def test_any_text_is_a_scenario_or_a_scenario_error(load, text):
    try:
        assert isinstance(
            load(text.encode() if isinstance(text, str) else text), scenario.Scenario
        )
    except scenario.ScenarioError as e:
        _is_sentence(e)


def _is_sentence(error):
    assert "\n" not in str(error) and str(error).isprintable()


scalars = st.one_of(
    st.integers(), st.floats(), st.booleans(), st.text(), st.datetimes(), st.dates(), st.times()
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
)


@pytest.mark.parametrize("record", [*SECTIONS.values(), Fault])
@settings(max_examples=50)
@given(value=values)
def test_any_value_under_any_key_is_taken_or_a_mistake(record, value):
    for key in keys(record):
        try:
            checked(key, value)
        except units.Mistake as e:
            _names(e, key.name)


def _names(mistake, name):
    assert mistake.key == name and mistake.problem.startswith(f"{name} = ")


@given(st.integers(0, 10**15))
def test_durations_survive_the_round_trip(ms):
    assert units.duration_ms(units.duration_text(ms)) == ms


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1d6h", 108_000_000),
        ("1d 6h", 108_000_000),
        ("90m", 5_400_000),
        ("1.5h", 5_400_000),
        ("2m30s", 150_000),
        ("250ms", 250),
        ("0s", 0),
    ],
)
def test_durations_as_people_write_them(text, ms):
    assert units.duration_ms(text) == ms


@pytest.mark.parametrize(
    "text", ["", " ", "6h1d", "1h1h", "h", "1e3s", "-1s", "1 d6", "1,5h", "\u0661h"]
)
def test_what_is_no_duration(text):
    with pytest.raises(units.Mistake):
        units.duration_ms(text)


def test_expectations_that_hold_say_nothing():
    summary = {"readings": {"lost": 0, "taken": 520}, "broker": {"kind": "amqtt"}, "days": 7.0}
    wanted = {"readings.lost": 0, "readings.taken": ">=500", "broker.kind": "amqtt", "days": 7}
    assert expect.check(summary, wanted) == []


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"readings.lost": 0}, "readings.lost is 3, and the scenario expects 0."),
        ({"readings.lost": "<3"}, "readings.lost is 3, and the scenario expects <3."),
        ({"readings.lost": "!=3"}, "readings.lost is 3, and the scenario expects !=3."),
        ({"readings.lost": True}, "readings.lost is 3, and the scenario expects True."),
        ({"kind": ">1"}, "kind is amqtt, and the scenario expects >1."),
        ({"none": "<1"}, "none is None, and the scenario expects <1."),
        ({"yes": 1}, "yes is True, and the scenario expects 1."),
        (
            {"kidn": 0},
            "kidn should be 0, but the summary has no such entry; the nearest is kind.",
        ),
        ({"zzz": ">0"}, "zzz should be >0, but the summary has no such entry."),
    ],
)
def test_an_expectation_that_does_not_hold_is_a_sentence(wanted, sentence):
    summary = {"readings": {"lost": 3}, "kind": "amqtt", "none": None, "yes": True}
    assert expect.check(summary, wanted) == [sentence]


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_comparisons_agree_with_arithmetic(value, number):
    held = {
        op: expect.check({"x": value}, {"x": f"{op}{number}"}) == [] for op in ("<", ">=", "==")
    }
    assert held == {"<": value < number, ">=": value >= number, "==": value == number}


def test_the_page_has_every_key_fault_and_path():
    page = scenario_page.PAGE.read_text(encoding="utf-8")
    for name, record in {**SECTIONS, "fault": Fault}.items():
        part = re.split(rf"## `\[+{name}\]+`\n", page)[1].split("\n## ")[0]
        assert re.findall(r"^\| `([a-z_]+)` \| [^|]* \| .* \|", part, re.M)[
            : len(keys(record))
        ] == [key.name for key in keys(record)]
    for what in (*faults.KINDS, *expect.SUMMARY):
        assert what in page


def test_the_example_of_the_page_is_a_scenario(load):
    page = scenario_page.PAGE.read_text(encoding="utf-8")
    whole, wanted = re.findall("```toml\n(.*?)```", page, re.DOTALL)
    s = load(whole)
    assert scenario.bin_ids(s)[5] == "kerb-06"
    assert {*s.expect, *expect.read(tomllib.loads(wanted)["expect"])} <= set(expect.SUMMARY)
