"""Am I eligible: the programme's own rules, asked question by question, only what is needed, and answered rule by rule.

The rules, reasons and advice are the catalogue's; the answer binds nobody and nothing of it is kept but in the chat.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.dialogues import answers, questions
from bot.dialogues.choose import Option, meant, name_of, offer, programme_for, programme_meant
from bot.dialogues.questions import Question
from bot.dialogues.services import Services
from bot.dialogues.state import Outcome, State, Turn
from bot.understanding import meaning as wish
from config.loading import rule
from config.programmes import EligibilityRule, Fact, Version, programmes
from config.text import say
from models.casework.eligibility import Assessment, Finding, assess, value_of
from models.kernel.clock import day_of

SCREENING, ASK = "screening", "ask"
# What is asked of a household, and which facts follow from it: totals are known to people, shares a head are not.
SIZE = "size"
TOTALS = {"per_capita_income": "income", "per_capita_floor_area": "floor_area"}
AT_HOME = "household."
Json = Mapping[str, Any]


def start(state: State, turn: Turn, services: Services) -> Outcome:
    """Begin with the programme that is named, else ask which."""
    token = programme_meant(state, turn)
    if token is None:
        return programme_for(state, wish.ELIGIBILITY, turn)
    programme = programmes().get(token)
    version = programme.in_force(day_of(turn.at)) if programme else None
    if version is None:
        return state.done(), [say("bot.screening.no_rules", programme=name_of(token))]
    data: dict[str, Any] = {
        "programme": token, "form": {}, "household": _known_household(version, services), "left_out": [],
        "district": services.home_district(),
    }  # fmt: skip
    return _next(state, data, [say("bot.screening.begin", programme=name_of(token))], turn, services)


def answer(state: State, turn: Turn, services: Services) -> Outcome | None:
    """The answer to the question that is open."""
    data = dict(state.frame.data)
    name, version = data["name"], _version(data, turn)
    if answers.said("skip", turn.text):
        return _next(state, {**data, "left_out": [*data["left_out"], name]}, [], turn, services)
    if name.startswith(AT_HOME):
        return _household_answer(state, data, turn, services)
    found = questions.read(version, name, data["asked"], turn, services)
    if found.again is not None:
        return state.to(SCREENING, ASK, **{**data, "asked": found.again.stored()}), [found.again.text]
    if found.value is None:
        return (state, [found.fault]) if found.fault and not _foreign(turn) else None
    return _next(state, {**data, "form": {**data["form"], name: found.value}}, [], turn, services)


def takes(state: State, turn: Turn) -> bool:
    """True where the message surely answers the open question."""
    data = state.frame.data
    if answers.said("skip", turn.text):
        return True
    if data["name"].startswith(AT_HOME):
        return answers.amount_in(turn.text) is not None and not _foreign(turn)
    return questions.fits(_version(data, turn), data["name"], data["asked"], turn)


def _foreign(turn: Turn) -> bool:
    """True for what is too long to be a slip of an answer."""
    return len(turn.text) > int(rule("conversations.answer_chars"))


def _next(state: State, data: Json, before: list[str], turn: Turn, services: Services) -> Outcome:
    version = _version(data, turn)
    found = assess(version, data["form"], day_of(turn.at), data["household"])
    refused = [each for each in found.findings if each.outcome == "not_met" and each.rule.decisive]
    name = None if refused else _missing(version, found, data, turn)
    if name is None:
        return _result(state, data, found, turn, services)
    asked = _asked(version, name, services)
    if asked is None:
        return _next(state, {**data, "left_out": [*data["left_out"], name]}, before, turn, services)
    return state.to(SCREENING, ASK, **{**data, "name": name, "asked": asked.stored()}), [*before, asked.text]


def _asked(version: Version, name: str, services: Services) -> Question | None:
    if name.startswith(AT_HOME):
        return Question(say(f"bot.ask.{name}"))
    return questions.question(version, name, services)


def _missing(version: Version, found: Assessment, data: Json, turn: Turn) -> str | None:
    """What to ask next: the first thing that an undecided rule needs."""
    for each in found.findings:
        if each.outcome != "unknown":
            continue
        for fact in filter(None, (each.rule.applies.fact if each.rule.applies else None, each.rule.fact)):
            if value_of(fact, data["form"], day_of(turn.at), data["household"]) is not None:
                continue
            name = _name_of(fact, data)
            if name is not None and name not in data["left_out"]:
                return name
            break
    return None


def _name_of(fact: Fact, data: Json) -> str | None:
    if fact.household is not None:
        if fact.household in TOTALS:
            known = data["household"].get(SIZE) is not None
            return AT_HOME + (TOTALS[fact.household] if known else SIZE)
        return AT_HOME + fact.household
    return next((name for name in fact.fields if data["form"].get(name) is None), None)


def _household_answer(state: State, data: dict[str, Any], turn: Turn, services: Services) -> Outcome | None:
    what = data["name"].removeprefix(AT_HOME)
    amount = answers.amount_in(turn.text)
    if amount is None and what != SIZE and answers.said_no(turn.text):
        amount = 0.0
    if amount is None or not 0 <= amount <= rule("conversations.amount_most") or (what == SIZE and amount < 1):
        return None if _foreign(turn) else (state, [say("bot.form.unclear.integer")])
    household = dict(data["household"])
    share = next((fact for fact, total in TOTALS.items() if total == what), None)
    household[share or what] = round(amount / household[SIZE], 2) if share else amount
    return _next(state, {**data, "household": household}, [], turn, services)


def _known_household(version: Version, services: Services) -> dict[str, float]:
    """What a resident who is known has registered, where the rules look at a household."""
    if version.household == "none" or services.resident_id is None:
        return {}
    return dict(services.cases(services.resident_id).household_facts())


def _version(data: Json, turn: Turn) -> Version:
    """The rules of the day in the resident's county, without those about how the form is filled (which centres)."""
    version = programmes()[data["programme"]].in_force(day_of(turn.at))
    assert version is not None  # noqa: S101  what is in force stays so
    version = version.of_county(version.override_key(data["district"], day_of(turn.at)))
    return version.model_copy(update={"eligibility": [each for each in version.eligibility if _about_people(each)]})


def _about_people(each: EligibilityRule) -> bool:
    return each.fact.count is None


def _result(state: State, data: Json, found: Assessment, turn: Turn, services: Services) -> Outcome:
    lines = [say("bot.screening.result", programme=name_of(data["programme"]), answer=_in_words(found))]
    lines += [line for each in found.findings for line in _finding(each)]
    alone = found.turns_on
    if alone is not None:
        lines.append(say("casework.change.alone", rule=alone.label))
    token = data["programme"]
    options: list[Option] = [
        (say("bot.screening.apply"), meant(wish.APPLY, programme=token)),
        (say("bot.screening.documents"), meant(wish.DOCUMENTS, programme=token)),
        (say("bot.screening.human"), meant(wish.HUMAN)),
    ]
    after, choices = offer(state, options)
    return after, ["\n".join(lines), say("bot.screening.next", choices=choices)]


def _in_words(found: Assessment) -> str:
    return say(f"casework.answer.{found.answer}")


def _finding(each: Finding) -> list[str]:
    """One rule: how it stands, and where it is not met why, and what would change it."""
    if each.outcome == "not_applicable":
        return []
    lines = [say(f"bot.screening.{each.outcome}", rule=each.rule.label)]
    if each.outcome == "not_met":
        lines.append(say("bot.screening.reason", reason=each.rule.reason))
        lines += [say("bot.screening.change", change=change) for change in (*each.changes, each.rule.advice)]
    return lines
