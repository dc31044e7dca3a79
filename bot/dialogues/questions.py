"""A form's fields as questions of a chat: what is asked, and what an answer means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.dialogues import answers, pages
from bot.dialogues.choose import numbered
from bot.dialogues.control import off_the_list
from bot.dialogues.services import Services
from bot.dialogues.state import Point, Turn
from bot.dialogues.wording import distance
from bot.understanding.hearing import plain
from config.loading import catalogue, rule
from config.programmes import FormField, Version
from config.text import label, say
from models.casework import forms
from models.kernel.clock import day_of

Options = list[list[Any]]


@dataclass(frozen=True)
class Question:
    """What is asked; `options` are `[value, label]` where one (`several`: some) of them is to be chosen."""

    text: str
    options: Options | None = None
    several: bool = False

    def stored(self) -> dict[str, Any]:
        return {"options": self.options, "several": self.several}


@dataclass(frozen=True)
class Read:
    """What an answer means: a value, or what to say instead; neither where it is none.

    `again`: a closer question about the same field.
    """

    value: Any = None
    fault: str | None = None
    again: Question | None = None


def question(
    version: Version, name: str, services: Services, *, children: list[tuple[str, str]] | None = None,
    near: Point | None = None,
) -> Question | None:  # fmt: skip
    """The question of a field; None where nothing can be offered for it (no child registered, no centre found)."""
    field = version.form.properties[name]
    options, several = _options(field, services, children, near), field.type == "array"
    if options == []:
        return None
    asked = label("bot.ask", name)
    asked = say("bot.form.asked", title=field.title, description=field.description) if asked == name else asked
    if options is None:
        return Question(asked)
    hint = say("bot.form.several" if several else "bot.form.one")
    return Question("\n".join((asked, numbered([each[1] for each in options]), hint)), options, several)


def read(version: Version, name: str, asked: dict[str, Any], turn: Turn, services: Services) -> Read:
    """What the message says to the question `asked` (as `Question.stored`) of this field."""
    field = version.form.properties[name]
    options: Options | None = asked.get("options")
    if field.type == "boolean" and (said := answers.yes_or_no(turn.text)) is not None:
        return Read(said)
    if options is not None:
        return _chosen(field, options, bool(asked.get("several")), turn)
    if field.format == "township":
        return _township(turn, services)
    value = _plain_value(field, turn)
    if value is None:
        return Read(fault=label("bot.form.unclear", field.format or field.type))
    faults = forms.faults_of_given(version.form, {name: value})
    return Read(fault=faults[0].detail) if faults else Read(value)


def fits(version: Version, name: str, asked: dict[str, Any], turn: Turn) -> bool:
    """True where the message is surely an answer to this question, whatever wish it resembles."""
    field, options = version.form.properties[name], asked.get("options")
    if field.type == "boolean" and answers.yes_or_no(turn.text) is not None:
        return True
    if options is not None:
        return bool(answers.choices_in(turn.text, [each[1] for each in options]))
    if field.type in ("integer", "number"):
        return answers.amount_in(turn.text) is not None and len(plain(turn.text)) <= rule("conversations.answer_chars")
    if field.format in ("date", "month"):
        return _plain_value(field, turn) is not None
    return field.format != "township"


def shown(field: FormField, value: Any, names: dict[str, str]) -> str:
    """An answer as it is said back. `names`: what ids stand for."""
    if isinstance(value, bool):
        return say("casework.change.yes" if value else "casework.change.no")
    if isinstance(value, list):
        return say("casework.change.or").join(str(names.get(each, each)) for each in value) or say("bot.form.none")
    choices = {each.const: each.title for each in field.oneOf or ()}
    return pages.harmless(names.get(str(value)) or choices.get(str(value)) or str(value))


def _options(
    field: FormField, services: Services, children: list[tuple[str, str]] | None, near: Point | None
) -> Options | None:
    if field.type == "boolean":
        return [[True, say("bot.form.yes")], [False, say("bot.form.no")]]
    if field.oneOf:
        return [[each.const, each.title] for each in field.oneOf]
    if field.type == "array" and field.items is not None and field.items.oneOf:
        return [[each.const, each.title] for each in field.items.oneOf]
    if field.format == "child":
        return [list(each) for each in children or ()]
    if field.items is not None and field.items.format == "facility":
        return _facilities(field, services, near)
    return None


def _facilities(field: FormField, services: Services, near: Point | None) -> Options:
    point = near or services.home()
    if point is None or field.category is None:
        return []
    found = services.nearby(field.category, point, open_now=False, cursor=None)
    if isinstance(found, str):
        return []
    return [
        [item["id"], say("bot.form.facility", name=item["name"], distance=distance(item["distance_m"]))]
        for item in found["items"]
    ]


def _chosen(field: FormField, options: Options, several: bool, turn: Turn) -> Read:
    labels = [each[1] for each in options]
    if not several:
        number = answers.choice_in(turn.text, labels)
        return _none_of(turn, len(labels)) if number is None else Read(options[number][0])
    numbers = answers.choices_in(turn.text, labels)
    if not numbers and field.minItems in (None, 0) and answers.said_no(turn.text):
        return Read([])
    if not numbers:
        return _none_of(turn, len(labels))
    return Read([options[number][0] for number in numbers][: field.maxItems])


def _none_of(turn: Turn, count: int) -> Read:
    texts = off_the_list(turn.text, count)
    return Read(fault=texts[0] if texts else None)


def _township(turn: Turn, services: Services) -> Read:
    if turn.point is not None:
        return Read(fault=say("bot.form.name_township"))
    named = turn.heard.slots.place or turn.text
    places = services.places(named)
    found = [point for point in places if point.township_id]
    if not found and places and places[0].district_code:
        return Read(again=_townships_of(places[0].district_code))
    if not found:
        return Read(fault=say("bot.form.no_such_township", place=pages.harmless(named.strip()[:20])))
    if len(found) == 1:
        return Read(found[0].township_id)
    options: Options = [[point.township_id, point.label] for point in found[: rule("conversations.list_size")]]
    return Read(again=Question(say("bot.nearby.which_place", choices=numbered([o[1] for o in options])), options))


def _townships_of(district_code: str) -> Question:
    """All townships of a county, to choose from: not everybody knows how theirs is written."""
    here = [place for place in catalogue().places if place.district_code == district_code]
    options: Options = [[place.id, place.name_zh] for place in here]
    return Question(say("bot.form.townships", choices=numbered([each[1] for each in options])), options)


def _plain_value(field: FormField, turn: Turn) -> Any:
    text, today = turn.text, day_of(turn.at)
    if field.type == "integer" or field.type == "number":
        amount = answers.amount_in(text)
        return int(amount) if amount is not None and field.type == "integer" else amount
    if field.format == "date":
        day = answers.day_in(text, today)
        return day.isoformat() if day else None
    if field.format == "month":
        return answers.month_in(text, today)
    if field.format == "mobile-phone":
        digits = "".join(c for c in plain(text) if c.isdigit())
        return digits or None
    return plain_text(text) or None


def plain_text(text: str) -> str:
    """Free text as it is kept: trimmed."""
    return text.strip()
