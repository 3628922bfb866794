"""The sleep clock and the air: naps take longer or shorter as the weather changes."""

import pytest

from tests.contract.chip import device

HOUR_MS = 3_600_000
NAP = f"machine.deepsleep({HOUR_MS})"


@pytest.fixture
def street(tmp_path):
    """street(mean_c, swing_c, ppm_k, seed) -> a twin whose clock is right at 15 degrees C."""

    def made(mean_c, swing_c=0, ppm_k=100, days=2):
        path = tmp_path / f"{mean_c}-{swing_c}-{ppm_k}.toml"
        path.write_text(
            f"[run]\ndays = {days}\n[board]\ndrift_ppm = 0\ndrift_ppm_k = {ppm_k}\n"
            f"[weather]\nmean_c = {mean_c}\nswing_c = {swing_c}\nnoise_c = 0\n"
        )
        return device(path=path)

    return made


@pytest.mark.parametrize(
    ("mean_c", "ppm_k", "off_ms"),
    [(15, 100, 0), (25, 100, 3600), (5, 100, -3600), (25, 0, 0), (-5, -50, 3600)],
)
def test_a_nap_of_an_hour_takes_longer_in_the_heat(boot, street, mean_c, ppm_k, off_ms):
    twin = street(mean_c, 0, ppm_k)
    wake = boot(NAP).live(twin)
    assert twin.next_ms - wake.t_ms - wake.awake_ms - HOUR_MS == pytest.approx(off_ms, abs=1)


def test_the_nodes_own_clock_does_not_notice(boot, street):
    chip, twin = boot("import time; say(time.time_ns() // 1_000_000); " + NAP), street(15, 20, 400)
    before_ms = None
    for _ in range(24):
        wake = chip.live(twin)
        said_ms = int(twin.rtc)
        if before_ms is not None:
            assert said_ms - before_ms == pytest.approx(HOUR_MS + wake.awake_ms, abs=2)
        before_ms = said_ms


def test_over_a_day_it_is_off_by_day_and_by_night_the_other_way(boot, street):
    chip, twin = boot(NAP), street(15, 15, 100)
    off_ms = []
    for _ in range(24):
        wake = chip.live(twin)
        off_ms.append(twin.next_ms - wake.t_ms - wake.awake_ms - HOUR_MS)
    assert max(off_ms) == pytest.approx(0.0001 * 7.5 * HOUR_MS, rel=0.05)
    assert min(off_ms) == pytest.approx(-0.0001 * 7.5 * HOUR_MS, rel=0.05)
    assert abs(sum(off_ms)) < 2000, "as warm as it is cold"


def test_a_nap_without_an_end_asks_for_no_weather_of_the_far_future(boot, street):
    twin = street(25, 10)
    boot("machine.deepsleep()").live(twin)
    assert twin.next_ms > 1 << 50
