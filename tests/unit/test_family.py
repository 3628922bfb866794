"""Families of echoes: what came from one thing, and which of the things is the waste."""

from smartbin import family, sensors

HC = sensors.find("hc_sr04")  # blind 20 mm
JSN = sensors.find("jsn_sr04t_v3")  # blind 200 mm
FAR_MM = 1260


def ear(last_mm=None, sensor=HC):
    return family.Ear(sensor, 200, 200, 0, last_mm, FAR_MM)


def chosen(last_mm, *mms, sensor=HC):
    waste, second = family.choose(family.families(sorted(mms)), ear(last_mm, sensor))
    return family.middle(waste), family.middle(second)


def enough(last_mm, pings, *mms):
    return family.enough(sorted(mms), pings, ear(last_mm))


def test_a_gap_parts_two_families():
    assert family.families([]) == []
    assert family.families([300, 340, 381]) == [[300, 340], [381]]


def test_the_middle_of_nothing_is_nothing():
    assert family.middle([]) is None
    assert family.middle([1, 2, 9]) == 2


def test_nothing_heard_is_no_family():
    assert chosen(800) == (None, None)


def test_without_a_past_the_most_echoes_win_and_a_tie_goes_to_the_nearer():
    assert chosen(None, 700, 800, 801, 802) == (801, 700)
    assert chosen(None, 700, 800) == (700, 800)


def test_what_is_where_the_waste_was_counts_most():
    assert chosen(800, 500, 501, 800) == (800, 501)
    assert chosen(800, 1200, 1201, 1202, 800, 801) == (801, 1201)


def test_what_hangs_in_front_of_the_waste_is_not_the_waste():
    assert chosen(870, *[356] * 12, 890, 895) == (895, 356)
    assert chosen(870, *[356] * 12, 890) == (356, 890)  # one alone may be a stray
    assert chosen(None, *[356] * 5, 700, 701) == (701, 356)


def test_a_rise_of_one_bag_is_likelier_than_of_three():
    assert chosen(800, 600, 601, 460, 461) == (601, 461)
    assert chosen(1200, 1000, 900, 901) == (901, 1000)


def test_an_emptying_shows_the_floor():
    assert chosen(300, 700, 701, 1200, 1201) == (1201, 701)
    assert chosen(300, 700, 701, 702, 900) == (701, 900)


def test_what_is_beyond_the_bin_or_in_the_blind_zone_hardly_counts():
    assert chosen(800, 1300, 1301, 600) == (600, 1301)
    assert chosen(800, 30, 31, 600) == (600, 31)


def test_a_wet_sensor_rings_on_for_a_sixth_of_its_blind_zone():
    assert family.near_mm(ear()) == 35
    assert family.near_mm(ear(None, JSN)) == 232


def test_the_wider_and_stranger_the_more_echoes():
    assert not enough(None, 2, 800, 800)
    assert enough(None, 3, 800, 800, 820)
    assert not enough(None, 3, 800, 800, 821)
    assert enough(None, 4, 800, 800, 821, 821)
    assert enough(800, 3, 800, 800, 800)
    assert not enough(900, 4, 800, 800, 800, 800)  # a jump
    assert enough(900, 5, 800, 800, 800, 800, 800)
    assert not enough(800, 4, 800, 800, 800)  # one of four was silent
    assert enough(800, 5, 800, 800, 800, 800)
    assert not enough(800, 5, 500, 800, 800, 800, 800)  # one of five came from elsewhere
    assert enough(800, 6, 500, 800, 800, 800, 800, 800)


def test_one_echo_is_likely_where_the_waste_was_or_one_deposit_nearer():
    likely = [mm for mm in range(500, 900) if family.likely(mm, ear(800))]
    assert (likely[0], likely[-1], len(likely)) == (551, 860, 310)
    assert not family.likely(None, ear(800))
    assert not family.likely(800, ear())
