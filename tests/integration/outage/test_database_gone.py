"""The database dies and comes back: the product says so, loses nothing, and recovers by itself."""

import pytest
import requests

from tests.running import House, wait_until


@pytest.mark.slow
def test_the_api_answers_503_while_the_database_is_gone_and_recovers(house: House) -> None:
    web, _ = house.web()
    ready = f"{web}/health/ready"
    login = {"username": "nobody-here", "password": "wrong password"}
    assert requests.get(ready, timeout=10).status_code == 200

    house.database.kill()
    gone = requests.get(ready, timeout=30)
    assert gone.status_code == 503
    assert int(gone.headers["Retry-After"]) > 0
    assert gone.json()["code"] == "database_unreachable"
    refused = requests.post(f"{web}/api/v1/staff/auth/login", json=login, timeout=30)
    assert refused.status_code == 503
    assert refused.headers["Content-Type"].startswith("application/problem+json")
    assert requests.get(f"{web}/health/live", timeout=10).status_code == 200

    house.database.start()
    wait_until(lambda: requests.get(ready, timeout=10).status_code == 200, "ready again")
    assert requests.post(f"{web}/api/v1/staff/auth/login", json=login, timeout=30).status_code == 401
