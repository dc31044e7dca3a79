"""A version of a programme is released while everything runs: every process knows it, it holds from its day on, old cases
keep theirs, and of two releases one counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from config.loading import CatalogueFault
from config.programmes import catalogue_programmes, programmes, show_released
from config.releases import RELEASES
from models.casework.queries import version_of
from models.kernel.actors import ADMINISTRATOR, SUPERVISOR, SYSTEM, Actor
from models.kernel.clock import at_local, day_of
from models.kernel.database import collection
from models.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.migrations import m2026_11_26_rule_releases
from models.running import rule_proposals, rule_releases
from models.running.rule_documents import RuleProposal
from models.running.rule_releases import FOLLOWER, Follower
from tests.factories.casework import MORNING, make_accepted, make_centre, make_guardian, make_submitted

TOKEN = "childcare_place"
AUTHOR, SECOND, THIRD = (
    Actor("staff", name, frozenset({role})) for name, role in (("a", SUPERVISOR), ("b", ADMINISTRATOR), ("c", SUPERVISOR))
)  # fmt: skip
NEW_LABEL = "新的要求"


@pytest.fixture(autouse=True)
def following(app: Any) -> None:
    """The product follows what is released."""


def propose(day: date, number: int | None = None, at: datetime = MORNING) -> Raw:
    tree = yaml.safe_load(rule_proposals.template_of(TOKEN))
    tree["in_force_from"], tree["source"] = day, "宜卫发〔2026〕12号"
    tree["version"] = number or tree["version"]
    tree["eligibility"][0]["label"] = NEW_LABEL
    return rule_proposals.propose(TOKEN, yaml.safe_dump(tree, allow_unicode=True), "x", by=AUTHOR, at=at, key=new_id())


def release(raw: Raw, by: Actor = SECOND, at: datetime = MORNING) -> Raw:
    return rule_releases.release(raw["_id"], by=by, at=at, key=new_id(), version=None)


def newest() -> int:
    return programmes()[TOKEN].versions[-1].version


def test_it_holds_from_its_day_on_for_new_cases_and_never_for_old_ones(client: FlaskClient) -> None:
    old = make_accepted(make_guardian(), [make_centre()])
    day = day_of(MORNING) + timedelta(days=10)
    raw, before = propose(day), newest()
    with pytest.raises(Forbidden):
        release(raw, by=AUTHOR)
    assert newest() == before, "a proposal does nothing"
    release(raw)
    assert newest() == before + 1 and programmes()[TOKEN].in_force(day_of(MORNING)).version == before  # type: ignore[union-attr]
    assert version_of(make_submitted(make_guardian(), [make_centre()])).version == before, "not before its day"
    fresh = make_submitted(make_guardian(at_local(day)), [make_centre()], at_local(day))
    assert version_of(fresh).version == before + 1 and version_of(fresh).eligibility[0].label == NEW_LABEL
    assert version_of(old).version == before and version_of(old).eligibility[0].label != NEW_LABEL
    assert programmes()[TOKEN].versions[-1].source == "宜卫发〔2026〕12号"


def test_another_process_learns_of_it_and_of_its_withdrawal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process is another follower, whose last look was before the release."""
    raw = propose(day_of(MORNING) + timedelta(days=10))
    other = Follower()
    other.begin()
    before = newest()
    monkeypatch.setattr(rule_releases, "FOLLOWER", Follower())  # the process that releases is not this one
    release(raw)
    case = {"programme": TOKEN, "programme_version": before + 1}
    assert version_of(case).version == before + 1, "a case that is bound to it is enough to look at once"
    rule_releases.withdraw(raw["_id"], "x", by=THIRD, at=MORNING, key=new_id(), version=None)
    other.ask(True)
    assert newest() == before
    with pytest.raises(KeyError):
        version_of(case)


def test_what_is_about_to_hold_is_neither_released_nor_withdrawn() -> None:
    day = day_of(MORNING) + timedelta(days=1)
    raw, late = propose(day), at_local(day) - timedelta(minutes=59)
    with pytest.raises(InvalidInput):
        release(raw, at=late)
    release(raw, at=late - timedelta(minutes=1))
    with pytest.raises(Conflict, match="rules_too_late"):
        rule_releases.withdraw(raw["_id"], "x", by=THIRD, at=late, key=new_id(), version=None)


def test_of_two_releases_at_once_one_counts() -> None:
    day = day_of(MORNING) + timedelta(days=10)
    rivals = [propose(day), propose(day + timedelta(days=1))]

    def attempt(raw: Raw) -> str:
        try:
            return str(release(raw)["state"])
        except DomainError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(attempt, rivals))
    assert done.count("approved") == 1, done
    assert collection(RuleProposal).count_documents({"released": True}) == 1
    loser = next(
        each for each in rivals if collection(RuleProposal).find_one({"_id": each["_id"], "state": "proposed"})
    )
    collection(RuleProposal).update_one({"_id": loser["_id"]}, {"$set": {"in_force_from": "2027-03-01"}})
    with pytest.raises(InvalidInput):
        release(loser)  # numbers must rise


def test_files_that_do_not_go_together_with_what_was_released_are_told_and_change_nothing(client: FlaskClient) -> None:
    release(propose(day_of(MORNING) + timedelta(days=10)))
    tree = RELEASES.trees[TOKEN][0]
    with pytest.raises(CatalogueFault, match=f"{TOKEN}.yaml:1: "):
        show_released({TOKEN: [{**tree, "in_force_from": date(2000, 1, 1)}]})
    assert newest() == tree["version"]
    FOLLOWER.begin()
    collection(RuleProposal).update_one({}, {"$set": {"text": "version: 99"}, "$inc": {"version": 1}})
    assert client.get("/health/ready").json["code"] == "rules_unread"


def test_approvals_from_before_releases_wait_again(app: Any) -> None:
    raw = propose(day_of(MORNING) + timedelta(days=10))
    collection(RuleProposal).update_one({"_id": raw["_id"]}, {"$set": {"state": "approved"}})
    assert m2026_11_26_rule_releases.run(MORNING).startswith("1 ")
    assert m2026_11_26_rule_releases.run(MORNING).startswith("0 ")
    assert release(raw)["state"] == "approved" and SYSTEM.kind == "system"
    assert newest() > catalogue_programmes()[TOKEN].versions[-1].version
