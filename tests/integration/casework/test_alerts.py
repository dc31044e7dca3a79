"""Opt-in alerts: told once when one comes to qualify, by a change of the household or of a rule; never without consent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.programmes import load_programmes, programmes
from models.casework import alerts
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.outbox import OutboxMessage, relay
from models.people import households
from models.people import operations as people
from models.people.documents import Resident
from models.people.erasure import erase_resident
from tests.factories.notices import carry_out, resident_named
from tests.factories.people import Caller

TOKEN, INCOME = "test_help", "yearly_income"
PROGRAMME = """
token: test_help
label: 测试补助
summary: 收入不高的家庭可以申请。
lifecycle: single_review
people: {applicant: applicant_name, subject: applicant_name, township: township_id, identifies: [applicant_name]}
consents: [{purpose: identity, source: test}]
roles:
  accept: {roles: [township_intake], source: test}
  request_correction: {roles: [township_intake], source: test}
  approve: {roles: [county_reviewer], source: test}
  refuse: {roles: [county_reviewer], source: test}
  transfer: {roles: [township_intake], source: test}
  assign: {roles: [supervisor], source: test}
  decide_appeal: {roles: [supervisor], source: test}
  end: {roles: [county_reviewer], source: test}
conflicts: []
versions:
"""
VERSION = """  - version: {version}
    in_force_from: {day}
    source: test
    household: required
    form:
      required: [applicant_name, township_id, household]
      properties:
        applicant_name: {{type: string, title: 姓名, description: 姓名, format: person-name, maxLength: 40}}
        township_id: {{type: string, title: 乡镇, description: 乡镇, format: township, maxLength: 12}}
        household: {{type: string, title: 家庭, description: 家庭, format: household, maxLength: 26}}
    papers: []
    eligibility:
      - token: income_limit
        label: 家庭人均月收入
        fact: {{household: per_capita_income}}
        holds: {{at_most: {limit}}}
        reason: 收入超过标准。
        advice: 收入有变化时可以再申请。
        decisive: false
        source: test
    deadlines:
      submitted: {{working_days: 5, source: test}}
      accepted: {{working_days: 5, source: test}}
      correction: {{working_days: 5, source: test}}
      appealed: {{working_days: 5, source: test}}
    retention: {{papers_days: 30, case_days: 60, source: test}}
"""
MONTHLY_400, MONTHLY_410, MONTHLY_1000, MONTHLY_2000 = 4800, 4920, 12000, 24000


@pytest.fixture
def one_programme(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing but a programme for households of little income, whose limit rises on the first of December."""
    versions = (
        VERSION.format(version=1, day="2022-01-01", limit=500),
        VERSION.format(version=2, day="2026-12-01", limit=1500),
    )
    (tmp_path / f"{TOKEN}.yaml").write_text("".join([PROGRAMME, *versions]), encoding="utf-8")
    only = load_programmes(tmp_path)
    monkeypatch.setitem(programmes(), TOKEN, only[TOKEN])
    monkeypatch.setattr(alerts, "programmes", lambda: only)


def told(resident_id: str, clock: FixedClock) -> int:
    relay(clock.now())
    return collection(OutboxMessage).count_documents({"subject_id": resident_id, "channel": "notice"})


def look(clock: FixedClock) -> int:
    clock.advance(minutes=2)
    return alerts.run(clock.now())["told"]


@pytest.fixture
def opted_in(
    database: str, clock: FixedClock, call: Callable[..., Caller], resident: Callable[..., dict[str, str]]
) -> Callable[[int], Caller]:
    """`opted_in(yearly_income)` → a resident with a household who wants alerts."""

    def make(income: int) -> Caller:
        caller = call(resident())
        person = resident_named("王小明", clock.now(), caller.id)
        households.register(caller.id, {INCOME: income}, by=person, at=clock.now())
        on = caller("PUT", "/me/alerts", {"on": True, "consent_version": 1})
        assert on.status_code == 200
        return caller

    return make


def earns(caller: Caller, income: int, clock: FixedClock) -> None:
    clock.advance(minutes=2)
    stored = households.household_of(caller.id)
    assert stored is not None
    households.change_circumstances(
        {INCOME: income}, version=stored["version"], by=Resident.actor(caller.id), at=clock.now()
    )


@pytest.mark.usefixtures("one_programme")
def test_a_change_of_the_household_is_told_once(opted_in: Callable[[int], Caller], clock: FixedClock) -> None:
    me = opted_in(MONTHLY_2000)
    assert look(clock) == 0
    earns(me, MONTHLY_400, clock)
    assert look(clock) == 1
    assert look(clock) == 0
    earns(me, MONTHLY_410, clock)  # another income, the same answer
    assert look(clock) == 0
    assert told(me.id, clock) == 1
    earns(me, MONTHLY_2000, clock)
    assert look(clock) == 0
    earns(me, MONTHLY_400, clock)
    assert look(clock) == 1
    shown = me("GET", "/me/alerts").json
    assert [(each["programme_label"], each["answer"]) for each in shown["items"]] == [("测试补助", "may_qualify")]
    assert shown["items"][0]["rules"][0]["outcome"] == "met"


@pytest.mark.usefixtures("one_programme")
def test_a_change_of_the_rule_is_told_once_per_version(
    opted_in: Callable[[int], Caller], clock: FixedClock, resident: Callable[..., dict[str, str]],
    call: Callable[..., Caller],
) -> None:  # fmt: skip
    poor, between, rich = opted_in(MONTHLY_400), opted_in(MONTHLY_1000), opted_in(MONTHLY_2000)
    silent = call(resident())
    households.register(
        silent.id, {INCOME: MONTHLY_400}, by=resident_named("李静", clock.now(), silent.id), at=clock.now()
    )
    assert look(clock) == 1
    clock.advance(days=8)
    assert look(clock) == 1
    assert look(clock) == 0
    assert [told(each.id, clock) for each in (poor, between, rich, silent)] == [1, 1, 0, 0]
    clock.advance(days=31)  # everybody is looked at again, nothing has changed
    assert alerts.run(clock.now()) == {"checked": 3, "told": 0}


@pytest.mark.usefixtures("one_programme")
def test_whoever_takes_it_back_is_not_told(opted_in: Callable[[int], Caller], clock: FixedClock) -> None:
    me, other = opted_in(MONTHLY_2000), opted_in(MONTHLY_2000)
    assert me("PUT", "/me/alerts", {"on": False}).json["on"] is False
    people.record_consent(other.id, "proactive", 1, False, clock.now())
    for each in (me, other):
        earns(each, MONTHLY_400, clock)
    assert look(clock) == 0
    assert alerts.watch_of(me.id) is None
    assert me("PUT", "/me/alerts", {"on": True}).status_code == 422
    assert me("PUT", "/me/alerts", {"on": True, "consent_version": 9}).status_code == 422


def test_a_consent_given_elsewhere_begins_to_watch(database: str, clock: FixedClock) -> None:
    person = resident_named("王小明", clock.now())
    channel: dict[str, Any] = {alerts.CHANNEL: alerts.handler(clock.now)}
    people.record_consent(person.id, "proactive", 1, True, clock.now())
    carry_out(channel, clock.now())
    assert alerts.watch_of(person.id) is not None
    people.record_consent(person.id, "proactive", 1, False, clock.now())
    carry_out(channel, clock.now())
    assert alerts.watch_of(person.id) is None
    people.record_consent(person.id, "proactive", 1, True, clock.now())
    carry_out(channel, clock.now())
    assert erase_resident(person.id, person, clock.now()) == "erased"
    assert alerts.watch_of(person.id) is None
