"""What the night says of the keys that values lie under, of collections small and large."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from config.loading import rules
from models.kernel.database import collection
from models.people.documents import Resident
from models.running.overview import keys, note_keys
from tests.conftest import MORNING


def residents() -> dict[str, Any]:
    return next(each for each in keys(MORNING)["collections"] if each["collection"] == "residents")


def test_a_collection_too_large_to_look_through_is_named_and_not_counted_again(
    database: str, resident: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        resident(name="刘大鹏")
    note_keys(MORNING)
    assert (residents()["documents"], sum(residents()["versions"].values()) > 0) == (3, True)
    most = rules()["running.keys_collection_most"]
    monkeypatch.setitem(rules(), "running.keys_collection_most", most.model_copy(update={"value": 2}))
    note_keys(MORNING)
    assert (residents()["documents"], residents()["sampled"]) == (3, 0)
    collection(Resident).delete_many({})
    note_keys(MORNING)
    assert residents()["documents"] == 3, "counting reads all of it"
