"""Which of several wishes is meant: two near ones, what comes next, which programme. By number or in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from bot.dialogues.answers import choice_in, said_yes
from bot.dialogues.control import off_the_list
from bot.dialogues.state import Outcome, State, Turn
from bot.understanding import Slots, Understanding
from bot.understanding import meaning as wish
from bot.understanding.hearing import bare
from bot.understanding.lexicon import FOLDER, Words, programme_words
from config.loading import CatalogueFault, Entry, load_yaml, rule
from config.programmes import Version, catalogue_programmes, programmes
from config.text import label, say
from models.kernel.clock import day_of


class ChatForms(Entry):
    """Which programmes can be applied for in the chat."""

    programmes: Words


CHOICE, WISH = "choice", "wish"
# The fact of a chat which programme was spoken of last.
PROGRAMME = "programme"
SURE = 1.0
# What the chat never asks for (docs/decisions, 30).
NEVER_ASKED = ("id-number",)
# Wishes that are about a programme.
ABOUT_PROGRAMME = (wish.APPLY, wish.ELIGIBILITY, wish.DOCUMENTS)
VISIT = "welfare_visit"
Option = tuple[str, Understanding]


def may_ask(version: Version) -> bool:
    """True where the form requires nothing that the chat never asks for; a version released later may."""
    fields = [version.form.properties[name] for name in version.form.required]
    return bool(fields) and all(field.format not in NEVER_ASKED for field in fields)


@lru_cache(maxsize=1)
def chat_forms() -> Words:
    """The file, read once. Raises CatalogueFault for an unknown programme, or one whose form the chat may not ask."""
    path = FOLDER / "chat_forms.yaml"
    found = load_yaml(path, ChatForms).programmes
    for token in found:
        versions = catalogue_programmes()[token].versions if token in catalogue_programmes() else ()
        if not versions or not all(may_ask(version) for version in versions):
            raise CatalogueFault(f"{path}:1: {token} is no programme whose form the chat may ask")
    return found


def meant(intent: str, *, programme: str | None = None, category: str | None = None) -> Understanding:
    """A wish that was chosen, not guessed."""
    return Understanding(intent, SURE, Slots(programme=programme, category=category))


def numbered(labels: Sequence[str]) -> str:
    """Labels as lines with their numbers."""
    return "\n".join(say("bot.numbered", number=number, label=each) for number, each in enumerate(labels, 1))


def name_of(programme: str | None) -> str:
    """Our short word for a programme."""
    if programme is None:
        return say("bot.programmes.any")
    word, found = label("bot.programmes", programme), programmes().get(programme)
    return found.label if found is not None and word == programme else word


def programme_of(turn: Turn) -> str | None:
    """The programme that is named, as narrowly as it was."""
    return turn.heard.slots.narrower or turn.heard.slots.programme


def programme_meant(state: State, turn: Turn) -> str | None:
    """The programme that is named; after it a short word without one ("conditions") is about the same."""
    named = programme_of(turn)
    if named is not None or len(bare(turn.text)) > rule("conversations.bare_wish_chars"):
        return named
    return None if turn.chosen else state.facts.get(PROGRAMME)


def programme_in(text: str) -> str | None:
    """The programme whose words stand in a text of any kind; the longest counts."""
    heard = bare(text)
    found = [(len(word), token) for token, words in programme_words().items() for word in words if word in heard]
    return max(found)[1] if found else None


def about(state: State, programme: str) -> Outcome:
    """A programme was named and nothing else: what of it?"""
    if programme == VISIT:
        wishes = [meant(wish.BOOK_VISIT, programme=VISIT), meant(wish.CHANGE_VISIT)]
    else:
        intents = (wish.APPLY, wish.ELIGIBILITY, wish.DOCUMENTS, wish.PROGRESS)
        wishes = [meant(intent, programme=programme) for intent in intents]
    after, lines = offer(state.knowing(**{PROGRAMME: programme}), [(described(each), each) for each in wishes])
    return after, [say("bot.choose.about", programme=name_of(programme), choices=lines)]


def offer(state: State, options: Sequence[Option]) -> tuple[State, str]:
    """The state in which one of the options is chosen, and the options as lines."""
    stored = [{"label": words, "wish": stored_wish(understood)} for words, understood in options]
    return state.to(CHOICE, WISH, options=stored), numbered([words for words, _ in options])


def between(state: State, turn: Turn) -> Outcome:
    """Ask which of the near wishes is meant."""
    heard = turn.heard
    intents = list(dict.fromkeys((heard.intent, *heard.rivals)))
    options = [
        (described(Understanding(intent, SURE, heard.slots)), Understanding(intent, SURE, heard.slots))
        for intent in intents
        if intent != wish.OUT_OF_SCOPE
    ]
    options.append((say("bot.choose.neither"), meant(wish.HELP)))
    after, lines = offer(state, options)
    return after, [say("bot.choose.which", choices=lines)]


def programme_for(state: State, intent: str, turn: Turn) -> Outcome:
    """Ask for which programme."""
    today = day_of(turn.at)
    open_now = [each for each in programmes().values() if each.in_force(today) is not None]
    options = [(name_of(each.token), meant(intent, programme=each.token)) for each in open_now]
    options.append((name_of(VISIT), meant(wish.BOOK_VISIT, programme=VISIT)))
    after, lines = offer(state, options)
    return after, [say(f"bot.choose.programme_{intent}", choices=lines)]


def chosen(state: State, turn: Turn) -> Understanding | None:
    """The wish that was chosen; None where the message chose none."""
    if state.frame.dialogue != CHOICE:
        return None
    options = state.frame.data["options"]
    number = choice_in(turn.text, [each["label"] for each in options])
    if number is None and len(options) == 1 and said_yes(turn.text):
        number = 0
    return None if number is None else restored_wish(options[number]["wish"])


def answer(state: State, turn: Turn, services: object) -> Outcome | None:
    """A number that no option has; what chooses one is `chosen`."""
    texts = off_the_list(turn.text, len(state.frame.data["options"]))
    return (state, texts) if texts else None


def described(understood: Understanding) -> str:
    """A wish in a few words."""
    slots = understood.slots
    about = name_of(slots.programme) if slots.programme and understood.intent in ABOUT_PROGRAMME else ""
    return say(f"bot.wish.{understood.intent}", about=about)


def stored_wish(understood: Understanding) -> dict[str, Any]:
    """A wish as JSON takes it."""
    narrower = {"narrower": understood.slots.narrower} if understood.slots.narrower else {}
    return {"intent": understood.intent, **understood.slots.named(), **narrower}


def restored_wish(stored: Mapping[str, Any]) -> Understanding:
    """A wish from what `stored_wish` gave."""
    named = {name: value for name, value in stored.items() if name != "intent"}
    return Understanding(stored["intent"], SURE, Slots(**named))
