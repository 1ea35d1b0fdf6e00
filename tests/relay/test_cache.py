"""The newest packets of a layer, and what a receiver may have again."""

import pytest

from relay.cache import OLDEST, Budget, Cache
from tests.relay.packets import normalised, vp8


def put(cache: Cache, index: int, at: float = 0.0, size: int = 10) -> bool:
    return bool(cache.put([normalised(vp8(body=bytes(size)), index, at=at)]))


def holds(cache: Cache, index: int, at: float = 0.0) -> bool:
    found = cache.get(index, at)
    assert found is None or found.index == index
    return found is not None


def test_what_was_put_is_found_and_nothing_else():
    cache = Cache()
    assert put(cache, 70000)
    assert holds(cache, 70000)
    assert not holds(cache, 70001)
    assert not holds(cache, 70000 - 512)


def test_a_packet_is_new_once():
    cache = Cache()
    assert [put(cache, index) for index in (600, 602, 602, 601, 600, 601)] == [True, True, False, True, False, False]


def test_the_ring_keeps_the_newest():
    cache = Cache(most_packets=8)
    assert all(put(cache, index) for index in range(1000, 1020))
    assert [index for index in range(1000, 1020) if holds(cache, index)] == list(range(1012, 1020))
    assert not put(cache, 1003)


def test_bytes_are_bounded_by_the_oldest_going_first():
    cache = Cache(most_bytes=1000)
    for index in range(1000, 1100):
        put(cache, index, size=100)
        assert cache.bytes <= 1000
    kept = [index for index in range(1000, 1100) if holds(cache, index)]
    assert kept == list(range(1100 - len(kept), 1100))
    assert 6 <= len(kept) <= 9
    assert not put(cache, 1050, size=1)


def test_a_second_is_the_oldest_it_remembers():
    cache = Cache()
    put(cache, 1000, at=1.0)
    assert holds(cache, 1000, at=1.0 + OLDEST)
    assert not holds(cache, 1000, at=1.01 + OLDEST)
    size = cache.bytes
    put(cache, 1001, at=1.01 + OLDEST)
    assert cache.bytes == size


def test_a_source_that_starts_anew_leaves_nothing_of_before():
    cache = Cache()
    for index in range(1000, 1010):
        put(cache, index)
    size = cache.bytes // 10
    put(cache, 70000)
    assert cache.bytes == size
    assert not holds(cache, 1005)
    assert not put(cache, 1005)
    assert put(cache, 70001)


def test_its_size_is_the_sum_of_what_it_holds():
    cache = Cache(most_packets=16, most_bytes=1500)
    for number in range(400):
        put(cache, 1000 + number * 7 % 50 + number // 3, at=number / 50, size=number % 90)
        held = [one for one in (cache.get(index, -1e9) for index in range(900, 1300)) if one]
        assert cache.bytes == sum(one.size for one in held)


def test_resends_are_a_tenth_of_the_bitrate():
    budget = Budget(0.0)
    assert spent(budget, at=10.0, bitrate=2_000_000) == 200_000
    assert spent(budget, at=10.5, bitrate=2_000_000) == 100_000
    assert spent(budget, at=10.5, bitrate=2_000_000) == 0


def test_who_gets_little_may_still_ask():
    assert spent(Budget(0.0), at=0.0, bitrate=0) == pytest.approx(Budget.FLOOR, abs=1000)


def spent(budget: Budget, at: float, bitrate: float) -> int:
    bits = 0
    while budget.spend(125, bitrate, at):
        bits += 1000
    return bits
