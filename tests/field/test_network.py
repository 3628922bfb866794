"""Numbers 25 to 32 of the field failures: network, MQTT and TLS.

Each test is named by what a user saw; its docstring has number, complaint, who made it, and what
we do instead.
"""

from __future__ import annotations

from tests.field.lived import asleep_again, nothing_vanished


def test_a_lost_acknowledgement_costs_one_wake_not_the_node(live) -> None:
    """25. Blocking sockets hang; QoS 1 waits for ever for a lost acknowledgement.

    micropython/micropython-lib#103; micropython/micropython#2568; micropython-mqtt README

    Ours: the wire ends every wait at the one deadline; the reading stays in the outbox until
    PUBACK.
    """
    life = live("puback_lost 2h 10h", "broker_silent 14h 4h")
    asleep_again(life)
    nothing_vanished(life)
    assert life.troubles["ack"] >= 2
    assert life.readings["duplicates"] > 0, "sent again, with the same numbers"


def test_the_radio_starts_again_after_a_failed_join(live) -> None:
    """26. A second connect() after a failed one raises "Wifi Internal Error"; some boards refuse
    Wi-Fi.

    micropython/micropython#17661, #15563

    Ours: the radio is switched off before it is switched on, and on every way out.
    """
    faults = ("wrong_key 2h 6h", "dhcp_silent 10h 4h")
    life = live(*faults, bin__settings="lease_s = 0")  # or it would never need to ask
    asleep_again(life)
    nothing_vanished(life)
    assert life.troubles["bad_key"] >= 2
    assert life.troubles["join"] >= 1
    assert life.summary["sessions"]["ok"] >= 3


def test_upload_errors_for_a_night_and_nobody_presses_a_button(live) -> None:
    """27. Silent after 4-8 h until somebody presses a button; two-hour hang on an upload error.

    pimoroni/enviro#162, #104, #97, #119

    Ours: every wake starts from nothing but memory; a failed session is retried later by itself.
    """
    life = live("connection_reset 2h 8h 60", days=1.2)
    asleep_again(life)
    after = [d for d in life.run.bins[0].deliveries if d.newest]
    nothing_vanished(life)
    assert len(after) >= 3
    assert len(life.awake_between(2, 10)) >= 30, "it measured all the time"


def test_the_keep_alive_is_not_zero() -> None:
    """28. Keep-alive 0 stopped MQTT uploads after a release.

    pimoroni/enviro PR#86

    Ours: the keep-alive is 60 s.
    """
    from tests.flow.test_one_echo import GOLDEN

    connect = next(line for line in GOLDEN.read_text().splitlines() if "MQTT" in line)
    packet = eval(connect)
    assert int.from_bytes(packet[10:12], "big") > 0


def test_a_backlog_is_one_session_newest_first_and_no_clock_or_disk_stops_it(live) -> None:
    """29. Cached readings one connection each, QoS 0, retained, in directory order; no clock or a
    full disk halts measurement.

    pimoroni/enviro source (0.0.10)

    Ours: all that waits goes in one session at QoS 1; the newest message is the retained one;
    measuring needs neither clock nor disk.
    """
    life = live("time_server_silent 0s 2d", "flash_full 0s 2d", "ap_down 2h 10h", days=1)
    asleep_again(life)
    nothing_vanished(life)
    assert len(life.wakes) >= 95
    catch_up = [d for d in life.run.bins[0].deliveries if not d.newest]
    assert len(catch_up) >= 30
    sessions = [w for w in life.awake_between(12, 16) if w.radio]
    assert len(sessions) <= 3


def test_the_weak_cell_at_the_edge_of_the_network(live) -> None:
    """32. Congested or missing network at the chosen site.

    Hackster "Tipper Tracker"

    Ours: bounded tries, nothing lost, and the signal is in every report.
    """
    life = live("weak_signal 0s 2d 20", "packet_loss 0s 2d 10", days=1)
    asleep_again(life)
    assert life.readings["lost"] == 0
    assert life.readings["delivered"] > 0
