"""The dialogues' door: one message in, the replies out. `answer(message, at, platform)`.

The state of a chat lies in the database and is written with its version in the filter: of two messages at once the
slower one is worked on again from the state that the other left. A message that comes a second time gets the replies
that it got at first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.dialogues import (
    abuse,
    applying,
    asides,
    choose,
    control,
    elsewhere,
    emergency,
    fallback,
    feedback,
    human,
    indicator,
    linking,
    media,
    nearby,
    offers,
    policy,
    programme_facts,
    progress,
    screening,
    small_talk,
    taught,
    visit_waits,
    visits,
)
from bot.dialogues.answers import answer_words, said
from bot.dialogues.menu import clicked, menu_file
from bot.dialogues.pages import pages_file
from bot.dialogues.services import Services, township_point
from bot.dialogues.state import Outcome, Point, State, Turn
from bot.understanding import Understanding, understand
from bot.understanding import meaning as wish
from bot.understanding.lexicon import read_all
from bot.understanding.readiness import be_ready
from bot.wechat.messages import CLICK, SCAN, SUBSCRIBE, UNSUBSCRIBE, Inbound
from bot.wechat.reception import SECONDS, Answer
from bot.wechat.replies import Reply, TextReply
from config.loading import catalogue, rule
from config.programmes import programmes
from config.text import say
from models.conversations import erasing, states
from models.conversations.canned import canned_file
from models.conversations.posters import FACILITY, PROGRAMME, TOWNSHIP
from models.feedback.erasing import forget_follower as forget_feedback
from models.indicators.usage import record_use
from models.kernel.errors import StaleVersion
from models.platform import Platform

MAX_CONTENTION = 20
NO_REPLIES: tuple[Reply, ...] = ()
Step = Callable[[State, Turn, Services], Outcome]
# Which dialogue a wish begins. Those not named here are answered with where they are done.
STARTS: dict[str, Step] = {
    wish.FIND_SERVICE: nearby.start, wish.PROGRESS: progress.start, wish.HUMAN: human.start,
    wish.APPLY: applying.start, wish.ELIGIBILITY: screening.start, wish.DOCUMENTS: programme_facts.documents,
    wish.BOOK_VISIT: visits.start, wish.CHANGE_VISIT: visits.change, wish.POLICY: policy.start,
    wish.INDICATOR: indicator.start, wish.GREETING: small_talk.greet, wish.HELP: small_talk.explain,
    wish.THANKS: small_talk.thank, wish.FEEDBACK: feedback.start, wish.EMERGENCY: emergency.warn,
}  # fmt: skip
TOLD = (wish.PROGRESS, wish.FEEDBACK, wish.OUT_OF_SCOPE)
ANSWERS: dict[str, Callable[[State, Turn, Services], Outcome | None]] = {
    nearby.NEARBY: nearby.answer, human.HUMAN: human.answer, linking.LINKING: linking.answer,
    screening.SCREENING: screening.answer, applying.APPLYING: applying.answer, visits.VISITS: visits.answer,
    choose.CHOICE: choose.answer, small_talk.HELP: small_talk.answer, offers.OFFERS: offers.answer,
    emergency.EMERGENCY: emergency.answer, feedback.FEEDBACK: feedback.answer, visit_waits.WAITS: visit_waits.answer,
    policy.POLICY: policy.answer, indicator.INDICATOR: indicator.answer,
}  # fmt: skip
# What a press on the menu begins without any effect outside the chat: it asks, tells, or looks into the directory.
TALK = frozenset({wish.FIND_SERVICE, wish.APPLY, wish.FEEDBACK, wish.HELP})
# What is surely an answer to the open question, whatever wish it resembles.
TAKES: dict[str, Callable[[State, Turn], bool]] = {
    screening.SCREENING: screening.takes, applying.APPLYING: applying.takes, visits.VISITS: visits.takes,
    offers.OFFERS: offers.takes, feedback.FEEDBACK: feedback.takes, visit_waits.WAITS: visit_waits.takes,
    policy.POLICY: policy.takes, indicator.INDICATOR: indicator.takes,
}  # fmt: skip
# Whether the open question takes any words at all.
FREE: dict[str, Callable[[State], bool]] = {
    applying.APPLYING: applying.free, visits.VISITS: visits.free, feedback.FEEDBACK: feedback.free,
    policy.POLICY: policy.free,
}  # fmt: skip
# Said in the middle of a dialogue these answer its question rather than end it.
OWN_WISH = {
    nearby.NEARBY: (wish.FIND_SERVICE,), human.HUMAN: (wish.HUMAN,), linking.LINKING: (wish.PROGRESS,),
    screening.SCREENING: (wish.ELIGIBILITY,), applying.APPLYING: (wish.APPLY,),
    visits.VISITS: (wish.BOOK_VISIT, wish.CHANGE_VISIT), choose.CHOICE: (), small_talk.HELP: (),
    emergency.EMERGENCY: (wish.EMERGENCY,), feedback.FEEDBACK: (wish.FEEDBACK,), visit_waits.WAITS: (wish.BOOK_VISIT,),
    offers.OFFERS: (), policy.POLICY: (), indicator.INDICATOR: (),
}  # fmt: skip
# Left for another wish these are worth coming back to.
WORTH_RETURNING = frozenset({screening.SCREENING, applying.APPLYING, visits.VISITS, offers.OFFERS, feedback.FEEDBACK})


def only_talks(message: Inbound) -> bool:
    """True for a press on the menu, a scan or a new follower whose answer changes nothing but where the chat stands.

    Two workers may then answer it at the same moment: the state is written once, and both say what was said first.
    """
    if message.event == CLICK:
        item = clicked(message.event_key)
        return item is None or item.intent in TALK
    return message.event in (SUBSCRIBE, SCAN)


def answerer(platform: Platform) -> Answer:
    """`answer` for this platform; reads the catalogue's files, so that a fault in one stops the start."""
    read_all()
    menu_file(), pages_file(), answer_words(), choose.chat_forms(), abuse.abuse_file(), canned_file()
    return partial(answer, platform=platform)


def answer(message: Inbound, at: datetime, platform: Platform) -> Sequence[Reply]:
    """The replies to a message or event. Raises StaleVersion where the follower's messages come all at once."""
    if message.event == UNSUBSCRIBE:
        erasing.forget_follower(message.openid, at)
        forget_feedback(message.openid, at)
        return NO_REPLIES
    if not message.takes_reply:
        return NO_REPLIES
    be_ready(platform.settings.data_dir)
    taught.BOOK.refresh(at)
    for _ in range(MAX_CONTENTION):
        before = states.remembered(message.openid)
        told = before.told_to(message.id)
        if told is not None:
            return [TextReply(text) for text in told]
        old = State.restored(before.state)
        services = Services(platform, message.openid, message.id, at, old.facts)
        new, texts = _converse(old, before.spoke_at, message, services)
        new = new.said(old, texts).knowing(**services.new_facts)
        if states.remember(
            message.openid, before, new.stored(), texts, message.id, at, resident_id=services.known_resident
        ):
            services.count_uses()
            record_use("conversation_message", at)
            return [TextReply(text) for text in texts]
    raise StaleVersion()


def _converse(state: State, spoke_at: datetime | None, message: Inbound, services: Services) -> Outcome:
    silence = timedelta(minutes=rule("conversations.silence_minutes"))
    lapsed = bool(state.frame.dialogue) and spoke_at is not None and services.at - spoke_at > silence
    if lapsed:
        state = asides.forgotten(state.cleared())
    if message.kind == "event":
        return _event(state, message, services)
    wordless = media.kind_without_words(message)
    if wordless is not None:
        return media.answer_media(wordless, state, services)
    if message.kind == "location":
        return _located(state, message, services)
    text = message.recognition if message.kind == "voice" else message.content
    if control.says_nothing(text):
        return media.answer_media(media.STICKER, state, services)
    return _spoken(state, Turn(text, _heard(text), services.at, lapsed=lapsed), services)


def _event(state: State, message: Inbound, services: Services) -> Outcome:
    """Subscribed, scanned, or pressed the menu."""
    turn = Turn("", Understanding(wish.HELP, 1.0), services.at)
    kind, _, about = message.event_key.partition(":") if message.event in (SUBSCRIBE, SCAN) else ("", "", "")
    if kind == FACILITY:
        return nearby.open_poster(state, about, turn, services)
    place = catalogue().place(about) if kind == TOWNSHIP else None
    if place is not None:
        services.use("poster_scan", place.district_code, place.id)
        return nearby.start(state.cleared(), replace(turn, point=township_point(place)), services)
    if kind == PROGRAMME and about in programmes():
        services.use("poster_scan")
        return choose.about(state.cleared(), about)
    if message.event == SUBSCRIBE:
        return small_talk.welcome(state, turn, services)
    item = clicked(message.event_key) if message.event == CLICK else None
    if item is None:
        return small_talk.explain(state, turn, services)
    return _begin(state.cleared(), Turn(item.label, item.understood(), services.at, chosen=True), services)


def _heard(text: str) -> Understanding:
    with SECONDS.labels("understanding").time():
        return understand(text)


def _located(state: State, message: Inbound, services: Services) -> Outcome:
    assert message.latitude is not None and message.longitude is not None  # noqa: S101  read() gives both
    label = say("bot.your_place")
    point = services.with_district(Point(message.latitude, message.longitude, message.datum, label))
    turn = Turn("", Understanding(wish.FIND_SERVICE, 1.0), services.at, point)
    if services.speaks_with_person and services.tell_person(
        say("bot.media_note.location", label=message.label or label)
    ):
        return state, []
    open_question = ANSWERS.get(state.frame.dialogue)
    return (open_question and open_question(state, turn, services)) or nearby.start(state, turn, services)


def _spoken(state: State, turn: Turn, services: Services) -> Outcome:
    """Words: danger first, then the caseworker who listens, then what steers, what was asked, what is wished."""
    if _is_danger(state, turn):
        services.tell_person(turn.text)
        return emergency.warn(state, turn, services)
    command = control.command_in(turn.text)
    if services.ticket is not None:
        if command == control.CANCEL and (services.speaks_with_person or not state.frame.dialogue):
            return human.dismiss(state, turn, services)
        if services.speaks_with_person:
            return human.forward(state, turn, services) or fallback.not_understood(state, turn, services)
        phone = control.phone_in(turn.text)
        called = human.leave_phone(state, phone, services) if phone else None
        if called is not None:
            return called
    offered, state = asides.taken(state, turn)
    if offered is not None:
        return _aside(state, offered, turn, services)
    if abuse.is_abusive(turn.text) and not _surely_answers(state, turn):
        return _rude(abuse.counted(state), turn, services)
    steered = _steered(state, command, turn, services)
    after, texts = steered or (
        _taught(state, taught.BOOK.exactly(turn.text))
        or _answered(state, turn, services)
        or _wished(state, turn, services)
    )  # fmt: skip
    if steered is None:
        after, texts = fallback.helped_on(state, after, texts)
    return asides.offered(after, texts, turn)


def _is_danger(state: State, turn: Turn) -> bool:
    """True for danger; not for what is plainly an answer to a list, a date or a yes-or-no that only sounds like it."""
    heard = turn.heard
    if heard.intent != wish.EMERGENCY or heard.confidence < rule("conversations.switch_floor"):
        return False
    free = FREE.get(state.frame.dialogue)
    return (free is not None and free(state)) or not _surely_answers(state, turn)


def _aside(state: State, offered: asides.Aside, turn: Turn, services: Services) -> Outcome:
    """What was offered beside the last answer, and is wanted."""
    if offered["kind"] == asides.THEN:
        understood = choose.restored_wish(offered["wish"])
        return _begin(state, Turn(turn.text, understood, turn.at, chosen=True), services)
    if offered["kind"] == asides.ALERT:
        return emergency.alert(state, offered["said"], offered["township_id"], offered["elder_id"], services)
    return nearby.remember_home(state, offered["township_id"], services)


def _rude(state: State, turn: Turn, services: Services) -> Outcome:
    """Abuse is answered calmly; a wish that was said with it is heard all the same."""
    rest = abuse.without_abuse(turn.text)
    turn = replace(turn, text=rest, heard=_heard(rest))
    sure = turn.heard.confidence >= rule("conversations.understanding_floor")
    wished = sure and turn.heard.intent not in (wish.OUT_OF_SCOPE, wish.GREETING, wish.THANKS)
    return abuse.calm(state, turn, _begin(state, turn, services) if wished else None)


def _steered(state: State, command: str | None, turn: Turn, services: Services) -> Outcome | None:
    number, code = feedback.number_in(turn.text), control.code_in(turn.text)
    answers_question = (number or code) and _surely_answers(state, turn)
    if code is not None and not answers_question:
        return _code(state, code, turn, services)
    if number is not None and not answers_question:
        return feedback.follow(state, number, services)
    if command == control.CANCEL and not visits.means_the_visit(state):
        return asides.forgotten(state.cleared()), [say("bot.cancelled")]
    if command == control.RESTART:
        return small_talk.explain(asides.forgotten(state.cleared()), turn, services)
    if command == control.REPEAT:
        return state, list(state.frame.said) or [say("bot.nothing_to_repeat")]
    if command == control.BACK:
        if not state.earlier:
            return state, [say("bot.no_way_back")]
        frame = state.earlier[-1]
        return State(frame, state.earlier[:-1], state.facts), list(frame.said)
    return None


def _code(state: State, code: str, turn: Turn, services: Services) -> Outcome:
    wanted, open_question = linking.wanted(state), state.frame
    after, texts, known = linking.try_code(state, code, turn, services)
    if not known:
        return after, texts
    services.forget_resident()
    if wanted is None and open_question.dialogue not in ("", small_talk.HELP, linking.LINKING):
        return replace(after, frame=open_question), [*texts, *open_question.said]
    wanted, here = wanted or choose.meant(wish.PROGRESS), Turn("", choose.meant(wish.PROGRESS), turn.at, chosen=True)
    if linking.begun(state) and wanted.slots.programme:
        following, shown = applying.begin(after, wanted.slots.programme, here, services)
        return following, [*texts, *shown]
    following, shown = _begin(after, Turn("", wanted, turn.at, chosen=True), services)
    return following, [*texts, *shown]


def _answered(state: State, turn: Turn, services: Services) -> Outcome | None:
    """The answer to the question that is open, unless quite another wish was said."""
    choice = small_talk.chosen(state, turn) or choose.chosen(state, turn)
    if choice is not None:
        return _begin(state, Turn(turn.text, choice, turn.at, chosen=True), services)
    if said("forget", turn.text):
        return nearby.remember_home(state, None, services)
    dialogue = state.frame.dialogue
    if dialogue not in ANSWERS:
        return None
    if not _surely_answers(state, turn) and _another_wish(dialogue, state, turn):
        return None
    return ANSWERS[dialogue](state, turn, services)


def _surely_answers(state: State, turn: Turn) -> bool:
    """True for an answer whatever wish it resembles; a short word for a person or for help is never one."""
    calls = turn.heard.intent in (wish.HUMAN, wish.HELP) and len(turn.text) <= rule("conversations.call_chars_most")
    takes = TAKES.get(state.frame.dialogue)
    return not calls and takes is not None and takes(state, turn)


def _another_wish(dialogue: str, state: State, turn: Turn) -> bool:
    """True where something else than an answer was surely said; the name of a place alone is an answer."""
    heard = turn.heard
    if heard.confidence < rule("conversations.switch_floor"):
        return False
    if heard.intent in OWN_WISH[dialogue]:
        other = choose.programme_of(turn)
        return other not in (None, state.frame.data.get("programme")) and "programme" in state.frame.data
    only_a_place = heard.intent == wish.FIND_SERVICE and heard.slots.place is not None and heard.slots.category is None
    return heard.intent != wish.OUT_OF_SCOPE and not only_a_place


def _wished(state: State, turn: Turn, services: Services) -> Outcome:
    """A wish of its own, or nothing that we understood."""
    heard = turn.heard
    sure = heard.confidence >= rule("conversations.understanding_floor")
    if said("offers", turn.text):
        return offers.start(state, turn, services)
    # Whoever waits for a person tells that person what the matter is; only what is quickly answered is answered here.
    waiting = human.forward(state, turn, services) if services.ticket is not None and heard.intent in TOLD else None
    if waiting is not None:
        return waiting
    if any(rival != wish.OUT_OF_SCOPE for rival in heard.rivals) and heard.intent != wish.OUT_OF_SCOPE:
        return choose.between(state, turn)
    if heard.intent == wish.FIND_SERVICE and nearby.names_one(turn):
        facility = nearby.by_name(state, turn, services)
        if facility is not None:
            return _switched(state, facility)
    if sure and heard.intent != wish.OUT_OF_SCOPE:
        return _switched(state, _begin(state, turn, services))
    near = _taught(state, taught.BOOK.nearly(turn.text))
    if near is not None:
        return near
    named = nearby.by_name(state, turn, services) if heard.slots.matter is None else None
    if named is not None:
        return named
    if sure:
        return _switched(state, _begin(state, turn, services))
    programme = choose.programme_in(turn.text)
    if programme is not None and len(turn.text) <= rule("conversations.answer_chars"):
        return choose.about(state, programme)
    waiting = human.forward(state, turn, services) if services.ticket is not None else None
    return waiting or fallback.not_understood(state, turn, services)


def _switched(before: State, outcome: Outcome) -> Outcome:
    """Whoever left something half done is told how to go on with it."""
    after, texts = outcome
    left = before.frame.dialogue in WORTH_RETURNING and after.frame.dialogue != before.frame.dialogue
    return (after, [*texts, say("bot.can_return")]) if left and not after.fresh else outcome


def _taught(state: State, answer: str | None) -> Outcome | None:
    """The answer that a caseworker taught, None where none was; the question that is open stays open."""
    return None if answer is None else (state, [answer])


def _begin(state: State, turn: Turn, services: Services) -> Outcome:
    intent, programme = turn.heard.intent, choose.programme_of(turn)
    if programme is not None:
        state = state.knowing(**{choose.PROGRAMME: programme})
    if intent in STARTS:
        return STARTS[intent](state, turn, services)
    if intent == wish.OUT_OF_SCOPE:
        step = elsewhere.point_to_office if turn.heard.slots.matter else fallback.out_of_scope
        return step(state, turn, services)
    return fallback.not_understood(state, turn, services)
