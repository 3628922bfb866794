"""What a join costs, and what shortens it: channel, key, address, power; what an access point and
a DHCP server remember of a bin."""

import hashlib

import pytest

from tests.contract.chip import KEY, SSID, device

AIR = {"channel": 6, "join_ms": 360, "dhcp_ms": 890, "rssi_dbm": -61}
CHANNEL_MS, PMK_MS = 120, 138
NO_AP, ASSOC_FAIL, GOT_IP = 201, 203, 1010
PMK = hashlib.pbkdf2_hmac("sha1", KEY.encode(), SSID.encode(), 4096, 32).hex()

START = f"""
import network, time
wlan = network.WLAN(network.STA_IF)
wlan.active(True)
wlan.config(reconnects=0)
def connect(key="{KEY}", **kw):
    wlan.connect("{SSID}", key, **kw)
def joined():
    while wlan.status() in (1000, 1001, 8):
        time.sleep_ms(1)
    return wlan.status()
"""
HINTED = "connect(); wlan.disconnect(); wlan.config(channel={}); wlan.connect()\n"
SLEEP = "machine.deepsleep(60_000)"


def scan_ms(outcome):
    return outcome["phases"]["scan"]


# -- looking for it -------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", [1, 6, 13])
def test_the_search_goes_through_the_channels_from_the_first(run, channel):
    found = run(START + "connect(); say(joined())", air=AIR | {"channel": channel})
    assert (found.said, scan_ms(found)) == (GOT_IP, channel * CHANNEL_MS)


@pytest.mark.parametrize(("hint", "looks"), [(6, 1), (3, 6), (9, 7)])
def test_a_hint_is_looked_at_first_and_the_others_after_it(run, hint, looks):
    found = run(START + HINTED.format(hint) + "say(joined())", air=AIR)
    assert (found.said, scan_ms(found)) == (GOT_IP, looks * CHANNEL_MS)


def test_connect_with_a_name_forgets_the_hint(run):
    found = run(START + "wlan.config(channel=6); connect(); say(joined())", air=AIR)
    assert (found.said, scan_ms(found)) == (GOT_IP, 6 * CHANNEL_MS)


def test_the_channel_it_is_on_can_be_read(run):
    program = "connect(); joined(); say(wlan.config('channel'))"
    assert run(START + program, air=AIR | {"channel": 11}).said == 11


@pytest.mark.parametrize(("bssid", "status"), [("020202020202", GOT_IP), ("020202020203", NO_AP)])
def test_an_address_of_an_access_point_only_filters(run, bssid, status):
    program = f"connect(bssid=bytes.fromhex('{bssid}')); say(joined())"
    found = run(START + program, air=AIR)
    assert found.said == status
    assert scan_ms(found) == (6 if status == GOT_IP else 13) * CHANNEL_MS


# -- the key --------------------------------------------------------------------------------------


def join_ms(outcome):
    return sum(outcome["phases"].get(name, 0) for name in ("join", "send", "dhcp"))


def test_64_hex_digits_are_the_key_itself_and_save_its_derivation(run):
    slow = run(START + "connect(); say(joined())", air=AIR)
    fast = run(START + f"connect('{PMK}'); say(joined())", air=AIR)
    assert slow.said == fast.said == GOT_IP
    assert join_ms(slow) - join_ms(fast) == pytest.approx(PMK_MS, abs=2)


def test_a_key_of_another_passphrase_is_refused(run):
    assert run(START + f"connect('{PMK}'); say(joined())", air=AIR | {"pmk": "0" * 64}).said == 202


# -- power ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dbm", "status"), [(20, GOT_IP), (12, GOT_IP), (11, ASSOC_FAIL), (2, ASSOC_FAIL)]
)
def test_with_too_little_power_the_access_point_does_not_hear_it(run, dbm, status):
    program = START + f"wlan.config(txpower={dbm}); connect(); say(joined())"
    found = run(program, air=AIR | {"rssi_dbm": -80})
    assert (found.said, found["tx_dbm"]) == (status, dbm)


# -- leaving --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "held"),
    [(SLEEP, True), ("wlan.disconnect();" + SLEEP, False), ("wlan.active(False);" + SLEEP, False)],
)
def test_who_sleeps_without_leaving_waits_once(boot, end, held):
    twin = device()
    chip = boot(START + "connect(); joined()\n" + end)
    first, second, third = [chip.live(twin).awake_ms for _ in range(3)]
    late_ms = second - first
    assert (late_ms > 4000) == held
    if held:
        assert third - first > 4000, "it did it again"


def test_a_clean_end_ends_the_wait(boot):
    chip = boot(START + "connect(); joined(); wlan.disconnect()\n" + SLEEP)
    assert chip.wake(air=AIR | {"held_ms": 5000})["session"] is False
    assert chip.wake(air=AIR)["session"] is False


def test_a_join_that_comes_to_nothing_leaves_the_old_session(run):
    found = run(START + "connect(); time.sleep(3)\n" + SLEEP, air=AIR | {"held_ms": 5000})
    assert found["session"] is True


# -- the trace ------------------------------------------------------------------------------------


def test_a_trace_tells_every_change_of_phase(run):
    found = run(START + "connect(); joined()\n" + SLEEP, air=AIR, trace=True)
    names = [name for _, name in found["trace"]]
    assert names[:5] == ["boot", "cpu", "start", "join", "scan"]
    assert {"send", "dhcp", "mqtt"} < set(names)
    times = [us for us, _ in found["trace"]] + [1000 * found["up_ms"] + 999]
    assert times == sorted(times)
    scans = [times[i + 1] - us for i, (us, name) in enumerate(found["trace"]) if name == "scan"]
    assert scans == [6 * CHANNEL_MS * 1000]


def test_nobody_asked_for_a_trace(run):
    assert run(SLEEP)["trace"] is None


# -- what else costs time -------------------------------------------------------------------------


def test_printing_takes_as_long_as_the_console_is_slow(run):
    program = (
        "import time\nbegan = time.ticks_us(); print('12345', 78); say(time.ticks_us() - began)"
    )
    assert run(program).said == 9 * 87


@pytest.mark.parametrize(("kind", "ms"), [("frozen", 0), ("stock", 369), ("stock_checked", 586)])
def test_a_stock_image_mounts_its_file_system_first(run, kind, ms):
    found = run(SLEEP, boot=kind)
    assert found["phases"].get("mount", 0) == ms
    assert found["up_ms"] == 70 + ms


def test_reading_flash_takes_time(run, tmp_path):
    program = "import esp32; esp32.Partition.find(1)[0].readblocks(0, bytearray(4096)); say(1)"
    found = run(program, flash=[str(tmp_path / "chip"), 1 << 21])
    assert found["phases"]["mount"] == 1
