"""Indexes as they are declared: a changed one stands beside the old one until it is made, what is not ours stays."""

from __future__ import annotations

import pytest

from models.eldercare.plan_records import VisitorHours
from models.kernel.database import collection, sync_indexes


def test_a_changed_index_takes_the_old_ones_place_and_the_operators_own_stays(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = collection(VisitorHours)
    here.create_index([("visitor_id", 1)], name="own_look")
    with monkeypatch.context() as changed:
        changed.setattr(VisitorHours, "index_specs", [{"keys": [("district_code", -1)], "name": "district"}])
        made = sync_indexes()[here.name]
        assert len(made) == 2 and made[0].startswith("district_") and made[1] == "-district"
        assert sync_indexes()[here.name] == [], "a repeat finds it as it is declared"
        assert set(here.index_information()) == {"_id_", "own_look", made[0]}
    assert sync_indexes()[here.name] == ["district", f"-{made[0]}"]
    here.drop_index("own_look")
