"""Every measured wake comes out of the simulator within 10 % of its time and its net charge."""

import pytest

from tests.energy import model

_CLOSE_PCT = 10.0


@pytest.mark.parametrize("row", list(model.rows()), ids=lambda row: row.name)
def test_a_measured_wake_takes_its_time_and_its_charge(row):
    assert abs(row.off_ms_pct) < _CLOSE_PCT, f"{row.model_ms} ms, measured {row.ms}"
    assert abs(row.off_mc_pct) < _CLOSE_PCT, f"{row.phases}, measured {row.mc:.2f} mC"
