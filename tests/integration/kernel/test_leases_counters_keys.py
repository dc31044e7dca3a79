"""Leases, counters and idempotency keys under contention."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from config.loading import rule
from models.kernel import idempotency, leases
from models.kernel.counters import next_value
from models.kernel.errors import Conflict, InvalidInput
from models.kernel.idempotency import Begun, Replayed

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def test_of_sixteen_one_gets_the_lease(database: str) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda n: leases.acquire("x", f"holder-{n}", AT, 10), range(16)))
    assert sum(each is not None for each in found) == 1


def test_the_fence_grows_and_who_lost_the_lease_cannot_renew_it(database: str) -> None:
    first = leases.acquire("x", "a", AT, 10)
    assert first is not None
    assert leases.acquire("x", "b", later(9.9), 10) is None
    renewed = leases.renew(first, later(5), 10)
    assert renewed is not None and renewed.fence == first.fence
    assert leases.acquire("x", "b", later(14.9), 10) is None
    second = leases.acquire("x", "b", later(15), 10)
    assert second is not None and second.fence > first.fence
    assert leases.renew(renewed, later(16), 10) is None
    leases.release(renewed)
    assert leases.acquire("x", "a", later(17), 10) is None, "releasing a lost lease frees nothing"
    leases.release(second)
    third = leases.acquire("x", "a", later(17), 10)
    assert third is not None and third.fence > second.fence


def test_an_expired_lease_cannot_be_renewed(database: str) -> None:
    held = leases.acquire("x", "a", AT, 10)
    assert held is not None
    assert leases.renew(held, later(10), 10) is None


def test_a_counter_gives_each_number_once(database: str) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: next_value("cases"), range(80)))
    assert sorted(found) == list(range(1, 81))
    assert next_value("other") == 1


def test_the_same_request_gets_the_same_answer(database: str) -> None:
    begun = idempotency.begin("me", "POST /x", "key-0001", b"body", AT)
    assert isinstance(begun, Begun)
    with pytest.raises(Conflict, match="idempotency_in_flight"):
        idempotency.begin("me", "POST /x", "key-0001", b"body", AT)
    idempotency.finish(begun, 201, b'{"name": "x"}', AT)
    assert idempotency.begin("me", "POST /x", "key-0001", b"body", AT) == Replayed(201, b'{"name": "x"}')
    with pytest.raises(InvalidInput, match="idempotency_key_reused"):
        idempotency.begin("me", "POST /x", "key-0001", b"other", AT)
    assert isinstance(idempotency.begin("you", "POST /x", "key-0001", b"other", AT), Begun)
    assert isinstance(idempotency.begin("me", "POST /y", "key-0001", b"other", AT), Begun)


def test_of_sixteen_equal_requests_one_is_carried_out(database: str) -> None:
    def begin(_: int) -> bool:
        try:
            return isinstance(idempotency.begin("me", "POST /x", "key-0001", b"body", AT), Begun)
        except Conflict:
            return False

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(begin, range(16))) == 1


def test_a_request_whose_worker_vanished_is_carried_out_again_under_the_same_id(database: str) -> None:
    lease = rule("kernel.idempotency_lease_seconds")
    first = idempotency.begin("me", "POST /x", "key-0001", b"body", AT)
    again = idempotency.begin("me", "POST /x", "key-0001", b"body", later(lease))
    assert isinstance(first, Begun) and isinstance(again, Begun)
    assert first.id == again.id
    idempotency.abandon(first)
    with pytest.raises(Conflict, match="idempotency_in_flight"):
        idempotency.begin("me", "POST /x", "key-0001", b"body", later(lease + 1))


def test_an_abandoned_request_may_be_tried_at_once(database: str) -> None:
    first = idempotency.begin("me", "POST /x", "key-0001", b"body", AT)
    assert isinstance(first, Begun)
    idempotency.abandon(first)
    assert isinstance(idempotency.begin("me", "POST /x", "key-0001", b"body", AT), Begun)
