"""Finding a service: what, where, a list of the nearest, one of them in full."""

from __future__ import annotations

from typing import Any

from bot.dialogues import pages, wording
from bot.dialogues.answers import answer_words, said, said_no, said_yes
from bot.dialogues.control import MORE, UNKNOWN, command_in, number_in
from bot.dialogues.menu import menu_file
from bot.dialogues.services import AWAY, OUTSIDE, Raw, Services
from bot.dialogues.state import Outcome, Point, State, Turn
from bot.understanding.hearing import bare
from bot.understanding.lexicon import category_words
from config.loading import rule
from config.text import say

NEARBY, HOME_OFFERED = "nearby", "home_offered"
CATEGORY, PLACE, WHICH_PLACE, LIST, DETAIL = "category", "place", "which_place", "list", "detail"


def start(state: State, turn: Turn, services: Services) -> Outcome:
    """Begin, or go on with what is known already: another category at the same place, another place for the same."""
    known = state.frame.data if state.frame.dialogue == NEARBY else {}
    slots = turn.heard.slots
    if says_home(turn.text) and not slots.place:
        known = {**known, "point": None}
    wish = {
        "category": slots.category or known.get("category"),
        "open_now": slots.open_now or (bool(known.get("open_now")) and slots.category is None),
        "point": turn.point.stored() if turn.point else None if slots.place else known.get("point"),
    }
    if slots.place and turn.point is None:
        return _with_place(state, slots.place, wish, turn, services)
    return _go_on(state, wish, turn, services)


def answer(state: State, turn: Turn, services: Services) -> Outcome | None:
    """The answer to what was asked; None where it is none."""
    data, number = state.frame.data, number_in(turn.text)
    if state.frame.step == CATEGORY and number is not None:
        return _category_by_number(state, number, turn, services)
    if state.frame.step == WHICH_PLACE and number is not None:
        return _place_by_number(state, number, turn, services)
    if state.frame.step in (LIST, DETAIL):
        if command_in(turn.text) == MORE:
            return _more(state, turn, services)
        if number is not None:
            return _one(state, number, turn, services)
    if state.frame.step == WHICH_PLACE:
        meant = [n for n, each in enumerate(data["options"], 1) if turn.text and bare(turn.text) in each["label"]]
        if len(meant) == 1:
            return _place_by_number(state, meant[0], turn, services)
    slots = turn.heard.slots
    if turn.point or slots.category or slots.place:
        return start(state, turn, services)
    if state.frame.step == PLACE and number is None:
        if command_in(turn.text) == UNKNOWN:
            return state, [say("bot.nearby.place_unknown")]
        if says_home(turn.text):
            return _go_on(state, {**data, "point": None}, turn, services)
        if said_yes(turn.text) or said_no(turn.text) or any(c.isdigit() for c in turn.text):
            return None
        return _with_place(state, turn.text, {**data, "point": None}, turn, services)
    return None


def remember_home(state: State, township_id: str | None, services: Services) -> Outcome:
    """Keep the home township, or forget it."""
    after = state.knowing(**services.remember_home(township_id))
    return after, [say("bot.home.remembered" if township_id else "bot.home.forgotten")]


def says_home(text: str) -> bool:
    """True where the follower means near their home."""
    heard = bare(text)
    return said("home", text) or any(bare(word) in heard for word in answer_words().home if len(word) > 1)


def open_poster(state: State, facility_id: str, turn: Turn, services: Services) -> Outcome:
    """A facility whose poster was scanned."""
    after, texts = open_facility(state, facility_id, turn, services)
    if after is not state:  # else it is gone
        services.use("poster_scan", after.frame.data["point"]["district_code"])
    return after, texts


def open_facility(state: State, facility_id: str, turn: Turn, services: Services) -> Outcome:
    """One facility in full, as if it had been chosen from a list."""
    found = services.facility(facility_id)
    if found is None:
        return state, [say("bot.nearby.gone")]
    location = found["location"]
    point = Point(
        location["latitude"], location["longitude"], location["datum"], found["name"], found["district_code"],
        found["township_id"],
    )  # fmt: skip
    after = state.to(
        NEARBY, DETAIL, category=found["category"], open_now=False, point=point.stored(), shown=[], next=None
    )
    return after, [_detail(found, None, turn, services), say("bot.nearby.after_poster")]


def by_name(state: State, turn: Turn, services: Services) -> Outcome | None:
    """Facilities whose name is what was said: the one in full, several as a list; None where there are none."""
    found = services.named(turn.text.strip())
    if not found:
        return None
    if len(found) == 1:
        return open_facility(state, found[0]["id"], turn, services)
    wish = {"category": found[0]["category"], "open_now": False, "point": None}
    return _listed(state, wish, found, None, [say("bot.nearby.by_name")], turn)


def names_one(turn: Turn) -> bool:
    """True where a wish for a kind of service says more than its kind and a place: perhaps it is a facility's name."""
    slots, said_text = turn.heard.slots, bare(turn.text)
    if slots.category is None or turn.chosen or len(said_text) > rule("conversations.facility_name_chars_most"):
        return False
    kinds = (bare(word) for word in category_words()[slots.category].words)
    kind = max((len(word) for word in kinds if word in said_text), default=0)
    left = len(said_text) - kind - len(bare(slots.place or ""))
    return bool(left >= rule("conversations.facility_name_chars_least"))


def _go_on(state: State, wish: dict[str, Any], turn: Turn, services: Services) -> Outcome:
    """Ask for what is missing, or search."""
    asked = {key: wish.get(key) for key in ("category", "open_now", "point")}
    if asked["category"] is None:
        lines = [
            say("bot.numbered", number=n, label=wording.call_of(token))
            for n, token in enumerate(menu_file().common_categories, 1)
        ]
        where = say("bot.nearby.near", place=asked["point"]["label"]) if asked["point"] else ""
        text = say("bot.nearby.which_category", where=where, choices="\n".join(lines))
        return state.to(NEARBY, CATEGORY, **asked), [text]
    if asked["point"] is not None:
        return _search(state, asked, turn, services)
    home, kind = services.home(), wording.call_of(asked["category"])
    if home is not None and says_home(turn.text):
        return _search(state, {**asked, "point": home.stored()}, turn, services)
    if home is not None:
        return state.to(NEARBY, PLACE, **asked), [say("bot.nearby.where_or_home", kind=kind, home=home.label)]
    key = "bot.nearby.where_home" if says_home(turn.text) else "bot.nearby.where"
    return state.to(NEARBY, PLACE, **asked), [say(key, kind=kind)]


def _with_place(state: State, text: str, wish: dict[str, Any], turn: Turn, services: Services) -> Outcome:
    options = services.places(text)
    if not options:
        asked = {**{key: wish.get(key) for key in ("category", "open_now")}, "point": None}
        named = pages.harmless(text.strip())[: rule("conversations.name_chars_shown")]
        return state.to(NEARBY, PLACE, **asked), [say("bot.nearby.no_such_place", place=named)]
    if len(options) == 1:
        return _go_on(state, {**wish, "point": options[0].stored()}, turn, services)
    options = options[: rule("conversations.list_size")]
    lines = [say("bot.numbered", number=n, label=point.label) for n, point in enumerate(options, 1)]
    after = state.to(
        NEARBY, WHICH_PLACE, category=wish.get("category"), open_now=wish.get("open_now"), point=None,
        options=[point.stored() for point in options],
    )  # fmt: skip
    return after, [say("bot.nearby.which_place", choices="\n".join(lines))]


def _search(state: State, wish: dict[str, Any], turn: Turn, services: Services) -> Outcome:
    point, kind = Point.restored(wish["point"]), wording.call_of(wish["category"])
    found = services.nearby(wish["category"], point, open_now=bool(wish["open_now"]), cursor=None)
    notes = []
    if wish["open_now"] and isinstance(found, dict) and not found["items"]:
        wish = {**wish, "open_now": False}
        found = services.nearby(wish["category"], point, open_now=False, cursor=None)
        notes.append(say("bot.nearby.none_open", kind=kind))
    if found == OUTSIDE:
        return state.to(NEARBY, PLACE, **{**wish, "point": None}), [say("bot.nearby.outside")]
    if found == AWAY or isinstance(found, str):
        return state, [say("bot.nearby.away")]
    if not found["items"]:
        return state.done(), [say("bot.nearby.none", kind=kind)]
    heading = say("bot.nearby.heading_open" if wish["open_now"] else "bot.nearby.heading", place=point.label, kind=kind)
    after, texts = _listed(state, wish, found["items"], found["next"], [*notes, heading], turn)
    return _home_offered(after, texts, point, turn, services)


def _home_offered(state: State, texts: list[str], point: Point, turn: Turn, services: Services) -> Outcome:
    """Offer once to remember a township that was named: with a yes of the follower, never without."""
    second_wish = turn.heard.then is not None or state.facts.get("then")
    if point.township_id is None or second_wish or state.facts.get(HOME_OFFERED) or services.home() is not None:
        return state, texts
    aside = {"kind": "home", "township_id": point.township_id}
    return state.knowing(**{HOME_OFFERED: True, "aside": aside}), [*texts, say("bot.home.offer", place=point.label)]


def _listed(
    state: State, wish: dict[str, Any], items: list[Raw], following: str | None, before: list[str], turn: Turn,
    shown: tuple[Raw, ...] = (),
) -> Outcome:  # fmt: skip
    """A page of the list; numbers go on from the pages before it, so that an earlier number stays good."""
    first = len(shown) + 1
    lines = [wording.line(number, item, turn.at) for number, item in enumerate(items, first)]
    known = [*shown, *({"id": item["id"], "far": item.get("distance_m")} for item in items)]
    hint = "bot.nearby.hint_more" if following else "bot.nearby.hint"
    text = "\n".join([*before, *lines, "", say(hint, first=first)])
    after = state.to(NEARBY, LIST, **{**wish, "shown": known, "next": following})
    return after, [text]


def _more(state: State, turn: Turn, services: Services) -> Outcome:
    data = dict(state.frame.data)
    shown = tuple(data.get("shown", ()))
    if not data.get("next") or len(shown) >= rule("conversations.list_most"):
        return state, [say("bot.nearby.no_more")]
    point = Point.restored(data["point"])
    found = services.nearby(data["category"], point, open_now=bool(data["open_now"]), cursor=data["next"])
    if isinstance(found, str) or not found["items"]:
        return state, [say("bot.nearby.no_more")]
    wish = {key: data[key] for key in ("category", "open_now", "point")}
    return _listed(state, wish, found["items"], found["next"], [], turn, shown)


def _one(state: State, number: int, turn: Turn, services: Services) -> Outcome:
    shown = state.frame.data.get("shown", ())
    if not 1 <= number <= len(shown):
        return state, [say("bot.no_such_number", count=len(shown)) if shown else say("bot.nearby.after_poster")]
    chosen = shown[number - 1]
    found = services.facility(chosen["id"])
    if found is None:
        return state, [say("bot.nearby.gone")]
    after = state.to(NEARBY, DETAIL, **{**state.frame.data, "chosen": chosen["id"]})
    return after, [_detail(found, chosen["far"], turn, services), say("bot.nearby.after_detail")]


def _detail(found: Raw, far: float | None, turn: Turn, services: Services) -> str:
    """One facility in full, with the way to it on a map, and to what the mini-program says of it."""
    links = [pages.on_map(found, say("bot.page.map")), services.page("facility", say("bot.page.facility"), found["id"])]
    return "\n".join([wording.detail(found, far, turn.at), *links])


def _category_by_number(state: State, number: int, turn: Turn, services: Services) -> Outcome:
    tokens = menu_file().common_categories
    if not 1 <= number <= len(tokens):
        return state, [say("bot.no_such_number", count=len(tokens))]
    return _go_on(state, {**state.frame.data, "category": tokens[number - 1]}, turn, services)


def _place_by_number(state: State, number: int, turn: Turn, services: Services) -> Outcome:
    options = state.frame.data["options"]
    if not 1 <= number <= len(options):
        return state, [say("bot.no_such_number", count=len(options))]
    return _go_on(state, {**state.frame.data, "point": options[number - 1]}, turn, services)
