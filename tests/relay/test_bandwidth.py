"""How much a receiver gets of whom."""

import pytest

from relay.bandwidth import GUESS, HOLD, LOSSY, SHARE, Allocator, Ceiling, Layer, Meter, Watched, fit, order

CAMERA = (Layer("q", 180, 150_000), Layer("h", 360, 500_000), Layer("f", 720, 1_700_000))
SCREEN = (Layer("s", 1080, 1_500_000),)


def camera(name: str, height: int) -> Watched[str]:
    return Watched(name, False, height, CAMERA)


def screen(name: str, height: int = 1080) -> Watched[str]:
    return Watched(name, True, height, SCREEN)


def rids(room: int, *watched: Watched[str]) -> dict[str, str | None]:
    served = order(watched)
    ranks = fit(room, served)
    return {one.key: one.layers[ranks[one.key]].rid if ranks[one.key] >= 0 else None for one in served}


@pytest.mark.parametrize(("height", "rid"), [(1, "q"), (180, "q"), (181, "h"), (360, "h"), (500, "f"), (2000, "f")])
def test_a_tile_gets_the_smallest_layer_that_fills_it(height, rid):
    assert rids(10_000_000, camera("alice", height)) == {"alice": rid}


@pytest.mark.parametrize(
    ("room", "rid"), [(10, "q"), (499_999, "q"), (500_000, "h"), (1_699_999, "h"), (1_700_000, "f")]
)
def test_it_gets_no_more_than_there_is_room_for(room, rid):
    assert rids(room, camera("alice", 720)) == {"alice": rid}


def test_what_is_not_watched_gets_nothing():
    assert rids(10_000_000, camera("alice", 0), camera("bob", 1)) == {"bob": "q"}
    assert rids(10_000_000, Watched("alice", False, 100, ())) == {}


def test_everybody_is_seen_before_anybody_is_seen_well():
    people = [camera("alice", 720), camera("bob", 180), camera("gina", 180)]
    assert rids(450_000, *people) == {"alice": "q", "bob": "q", "gina": "q"}
    assert rids(799_999, *people) == {"alice": "q", "bob": "q", "gina": "q"}
    assert rids(800_000, *people) == {"alice": "h", "bob": "q", "gina": "q"}


def test_screens_come_before_cameras_and_large_tiles_before_small_ones():
    watched = [camera("bob", 180), camera("alice", 720), screen("gina")]
    assert rids(1_500_000, *watched) == {"gina": "s", "alice": None, "bob": None}
    assert rids(1_650_000, *watched) == {"gina": "s", "alice": "q", "bob": None}
    assert rids(2_150_000, *watched) == {"gina": "s", "alice": "h", "bob": "q"}


def test_a_share_of_the_estimate_is_spent_and_audio_first():
    def given(estimate: int, audio: int) -> dict[str, str | None]:
        return Allocator[str]().choose([camera("alice", 720)], estimate, 0, audio, 0.0, 0.0)

    enough = int(500_000 / SHARE) + 1
    assert given(enough, 0) == {"alice": "h"}
    assert given(enough, 30_000) == {"alice": "q"}
    assert given(enough + 40_000, 30_000) == {"alice": "h"}


def test_before_the_first_estimate_a_little_is_believed_in():
    assert Allocator[str]().choose([camera("alice", 720)], None, 0, 0, 0.0, 0.0) == {"alice": "q"}
    assert SHARE * GUESS > 150_000


def test_down_at_once_and_up_after_a_while():
    receiver, tile = Allocator[str](), [camera("alice", 720)]
    given = [
        (now, receiver.choose(tile, 600_000 if 10 <= now < 20 else 2_500_000, 0, 0, 0.0, float(now))["alice"])
        for now in range(40)
    ]
    assert [now for now, rid in given if rid == "h"] == list(range(10, 20 + int(HOLD)))


def test_a_moment_of_room_raises_nobody():
    receiver, tile = Allocator[str](), [camera("alice", 720)]
    for now in range(60):
        estimate = 2_500_000 if now % 4 else 700_000
        assert receiver.choose(tile, estimate if now else 700_000, 0, 0, 0.0, float(now)) == {"alice": "h"}


def test_what_is_given_stays_while_it_fits_at_all():
    receiver = Allocator[str]()
    assert receiver.choose([camera("alice", 720)], 600_000, 0, 0, 0.0, 0.0) == {"alice": "h"}
    assert receiver.choose([camera("alice", 720)], 510_000, 0, 0, 0.0, 1.0) == {"alice": "h"}
    assert receiver.choose([camera("alice", 720)], 490_000, 0, 0, 0.0, 2.0) == {"alice": "q"}
    assert receiver.choose([camera("alice", 720)], 510_000, 0, 0, 0.0, 20.0) == {"alice": "q"}


def test_what_is_proven_is_given_at_once_and_no_more():
    receiver, tile = Allocator[str](), [camera("alice", 720)]
    assert receiver.choose(tile, 300_000, 0, 0, 0.0, 0.0) == {"alice": "q"}
    assert receiver.choose(tile, 9_000_000, 600_000, 0, 0.0, 0.1) == {"alice": "h"}
    assert receiver.choose(tile, 300_000, 2_100_000, 0, 0.0, 0.2) == {"alice": "f"}
    assert receiver.choose(tile, 300_000, 0, 0, 0.0, 0.3) == {"alice": "q"}


def test_it_tells_what_the_choice_takes_and_what_one_layer_more_would():
    receiver = Allocator[str]()
    receiver.choose([camera("bob", 180), camera("alice", 720)], 700_000, 0, 40_000, 0.0, 0.0)
    assert receiver.given == pytest.approx((40_000 + 2 * 150_000) / SHARE, abs=1)
    assert receiver.needed == pytest.approx((40_000 + 150_000 + 500_000) / SHARE, abs=1)
    given = receiver.choose([camera("bob", 180), camera("alice", 300)], 0, receiver.needed, 40_000, 0.0, 1.0)
    assert given == {"alice": "h", "bob": "q"}
    assert receiver.needed is None


def test_of_many_who_lack_a_layer_some_are_raised_together():
    receiver = Allocator[str]()
    receiver.choose([camera(str(number), 360) for number in range(10)], 0, 1_800_000, 0, 0.0, 0.0)
    assert receiver.needed == pytest.approx((10 * 150_000 + 2 * 350_000) / SHARE, abs=1)


def test_who_enlarges_a_tile_does_not_wait():
    receiver = Allocator[str]()
    assert receiver.choose([camera("alice", 180)], 2_500_000, 0, 0, 0.0, 0.0) == {"alice": "q"}
    assert receiver.choose([camera("alice", 720)], 2_500_000, 0, 0, 0.0, 0.1) == {"alice": "f"}
    assert receiver.choose([camera("alice", 180)], 2_500_000, 0, 0, 0.0, 0.2) == {"alice": "q"}


def test_who_is_watched_no_longer_is_forgotten():
    receiver = Allocator[str]()
    assert receiver.choose([camera("alice", 720)], 300_000, 0, 0, 0.0, 0.0) == {"alice": "q"}
    assert receiver.choose([], 9_000_000, 0, 0, 0.0, 1.0) == {}
    assert receiver.choose([camera("alice", 720)], 9_000_000, 0, 0, 0.0, 2.0) == {"alice": "f"}


def seen(receiver: Allocator[str], loss: float, now: float) -> set[str]:
    people = [camera("alice", 180), camera("bob", 180), camera("gina", 180)]
    given = receiver.choose(people, 200_000, 0, 0, loss, now)
    return {name for name, rid in given.items() if rid}


def test_a_low_estimate_alone_hides_nobody():
    receiver = Allocator[str]()
    for now in range(30):
        assert seen(receiver, LOSSY / 2, float(now)) == {"alice", "bob", "gina"}


def test_where_packets_are_lost_those_are_seen_who_fit_and_one_more_after_each_while_without_loss():
    receiver = Allocator[str]()
    assert seen(receiver, 0.0, 0.0) == {"alice", "bob", "gina"}
    assert seen(receiver, LOSSY, 1.0) == {"alice"}
    assert seen(receiver, 0.0, HOLD) == {"alice"}
    given = [seen(receiver, 0.0, 1 + HOLD + second / 2) for second in range(40)]
    assert [len(one) for one in given] == sorted(len(one) for one in given)
    assert given[-1] == {"alice", "bob", "gina"} and given.count({"alice", "bob"}) == 2 * HOLD
    assert seen(receiver, 2 * LOSSY, 60.0) == {"alice"}


def test_what_got_through_limits_the_estimate_for_a_while():
    ceiling = Ceiling()
    assert ceiling.under(2_000_000, 0.0) == 2_000_000
    ceiling.lower(200_000, 10.0)
    assert ceiling.under(2_000_000, 10.0) == 200_000
    assert ceiling.under(100_000, 10.0) == 100_000
    assert 200_000 < ceiling.under(2_000_000, 12.0) < 300_000
    assert ceiling.under(2_000_000, 60.0) == 2_000_000


def test_the_rate_is_that_of_the_last_second():
    meter = Meter()
    for step in range(300):
        meter.add(1250, step / 100)
    assert meter.rate(2.99) == pytest.approx(1_000_000, rel=0.11)
    assert meter.rate(3.5) == pytest.approx(500_000, rel=0.25)
    assert meter.rate(10.0) == 0
    meter.add(125, 1000.0)
    assert meter.rate(1000.0) == 1000


def test_loss_while_nothing_was_sent_does_not_end_all_hope():
    ceiling = Ceiling()
    ceiling.lower(0, 10.0)
    assert ceiling.under(3_000_000, 40.0) > 150_000


def test_a_loss_of_long_ago_bounds_nothing():
    ceiling = Ceiling()
    ceiling.lower(25_000, 10.0)
    assert ceiling.under(50_000_000, 80.0) == 50_000_000
