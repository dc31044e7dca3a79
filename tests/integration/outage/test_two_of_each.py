"""Two web hosts and two job hosts on one database: any of them can be killed, and nothing is lost or done twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest
import requests

from tests.running import House, wait_until

pytestmark = pytest.mark.slow
WISHES = 18  # below the most drafts a resident may keep
KILL_AFTER = 7


def sign_in(web: str) -> dict[str, str]:
    answer = requests.post(f"{web}/api/v1/auth/wechat", json={"code": "sandbox-liudapeng"}, timeout=30)
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def apply(web: str, headers: dict[str, str], key: str) -> requests.Response:
    return requests.post(
        f"{web}/api/v1/applications", json={"programme": "childcare_place"},
        headers={**headers, "Idempotency-Key": key}, timeout=30,
    )  # fmt: skip


def mine(web: str, headers: dict[str, str]) -> set[str]:
    found: set[str] = set()
    cursor = None
    while True:
        query = {"limit": "50", **({"cursor": cursor} if cursor else {})}
        page = requests.get(f"{web}/api/v1/applications", params=query, headers=headers, timeout=30).json()
        found |= {item["id"] for item in page["items"]}
        cursor = page["next"]
        if cursor is None:
            return found


def test_one_wish_sent_to_both_hosts_at_once_is_one_application(house: House) -> None:
    house.sandbox()
    (first, _), (second, _) = house.web(), house.web()
    headers = sign_in(first)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda web: apply(web, headers, "the same wish"), [first, second] * 8))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert len(mine(second, headers)) == 1


def test_a_host_killed_in_the_middle_loses_nothing_acknowledged(house: House) -> None:
    house.sandbox()
    (first, killed), (second, _) = house.web(), house.web()
    house.jobs()
    dying = house.jobs()
    headers = sign_in(first)
    hosts, acknowledged = cycle([first, second]), {}
    for number in range(WISHES):
        if number == KILL_AFTER:
            killed.kill()
            dying.kill()
        key = f"wish number {number}"
        for _ in range(4):  # as a phone does: the same key again, wherever the proxy leads
            try:
                answer = apply(next(hosts), headers, key)
            except requests.RequestException:
                continue
            if answer.status_code == 201:
                acknowledged[key] = answer.json()["id"]
                break
    assert len(acknowledged) == WISHES
    assert mine(second, headers) == set(acknowledged.values())


def test_the_database_killed_in_the_middle_keeps_what_was_acknowledged(house: House) -> None:
    house.sandbox()
    web, _ = house.web()
    headers = sign_in(web)
    before = {apply(web, headers, f"wish number {number}").json()["id"] for number in range(KILL_AFTER)}
    house.database.kill()
    assert apply(web, headers, "a wish in vain").status_code == 503
    house.database.start()
    wait_until(lambda: requests.get(f"{web}/health/ready", timeout=10).status_code == 200, "ready again")
    again = apply(web, headers, "a wish in vain")
    assert again.status_code == 201
    assert mine(web, headers) == before | {again.json()["id"]}
