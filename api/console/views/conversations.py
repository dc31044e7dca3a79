"""Whom a caseworker talks to instead of the chat, and what the chat could not answer and is taught."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.access import staff
from api.console.calls import NOTHING
from api.console.formats import link
from api.console.pages import Look, Shown, page, show
from config.loading import catalogue
from config.programmes import programmes
from config.text import say, sentences
from models.conversations.learned import TEACHERS
from models.conversations.lifecycle import HANDOVER_ROLES
from models.kernel.errors import NotFound

INBOX = "/console/conversations"
INBOX_FILTERS = ("state", "mine", "escalated")
# Beside the wordings that were asked, a sentence more that the answer shall serve.
EMPTY_EXAMPLES = 1
INTENT_TEXTS = "console_conversations.intent."
# The lifecycle's actions for which the page of a ticket has a form; what leads on comes first.
TICKET_STEPS = ("take", "reply", "close", "pass_on", "transfer", "give_back", "take_over")
ENTRY_STEPS = ("publish", "reject", "discard", "revoke", "restore")


@page("/conversations", access=staff(*HANDOVER_ROLES), section="conversations", sheet=True)
def inbox(look: Look) -> Shown:
    """Who waits for an answer, the longest waiting first."""
    asked = {name: look.query.get(name, "") for name in INBOX_FILTERS}
    found = look.ask(
        "/staff/handovers", state=asked["state"], mine="true" if asked["mine"] else "",
        escalated="true" if asked["escalated"] else "", cursor=look.query.get("cursor", ""),
    )  # fmt: skip
    return show(
        "conversations/inbox.html", q=asked, items=found["items"], teaches=look.has_role(*TEACHERS),
        next_link=link(INBOX, **asked, cursor=found["next"]) if found["next"] else "",
        first_link=link(INBOX, **asked) if look.query.get("cursor") else "",
    )  # fmt: skip


@page("/conversations/handovers/<ticket_id>", access=staff(*HANDOVER_ROLES), section="conversations")
def ticket(look: Look, ticket_id: str) -> Shown:
    """One conversation in full; every look is recorded."""
    base = f"/staff/handovers/{ticket_id}"
    found = look.ask(base)
    canned = look.ask("/staff/canned-answers")
    chosen = next((each["text"] for each in canned["answers"] if each["key"] == look.query.get("canned")), "")
    steps = [each for each in TICKET_STEPS if each in found["actions"]]
    return show(
        "conversations/ticket.html", ticket=found, base=base, steps=_own_first(steps, found), canned=canned,
        prefilled=chosen, colleagues=look.ask("/staff/handover-colleagues")["items"],
        counties=_counties(found["district_code"]), teaches=look.has_role(*TEACHERS),
    )  # fmt: skip


@page("/conversations/handovers/<ticket_id>/news", access=staff(*HANDOVER_ROLES), section="conversations")
def news(look: Look, ticket_id: str) -> Shown:
    """What was said since, as a piece of the page; asked for by the page's script."""
    found = look.ask(f"/staff/handovers/{ticket_id}/news", since=look.query.get("since", "0"))
    return show("conversations/news.html", news=found)


@page("/conversations/unanswered", access=staff(*TEACHERS), section="conversations", sheet=True)
def unanswered(look: Look) -> Shown:
    """What residents asked and nothing answered, the most asked first."""
    found = look.ask("/staff/unanswered", month=look.query.get("month", ""))
    return show("conversations/unanswered.html", month=found["month"], groups=found["items"], teaches=True)


@page("/conversations/unanswered/<key>/teach", access=staff(*TEACHERS), section="conversations")
def teach(look: Look, key: str) -> Shown:
    """Write what a group of questions shall be answered, or which wish they mean."""
    found = look.ask("/staff/unanswered", month=look.query.get("month", ""))
    group = next((each for each in found["items"] if each["key"] == key), None)
    if group is None:
        raise NotFound()
    content = {"kind": "answer", "examples": [group["text"], *group["variants"]]}
    back = link(f"{INBOX}/unanswered", month=found["month"])
    return _editor(look, content, "/staff/learned-answers", None, back=back)


@page("/conversations/learned/<entry_id>/amend", access=staff(*TEACHERS), section="conversations")
def amend(look: Look, entry_id: str) -> Shown:
    """Write what a taught answer shall say from its next publishing on."""
    entry = look.ask(f"/staff/learned-answers/{entry_id}")
    content = entry["pending"] or entry["live"]
    action = f"/staff/learned-answers/{entry_id}/amend"
    return _editor(look, content, action, entry["version"], back=f"{INBOX}/learned/{entry_id}")


@page("/conversations/new-answer", access=staff(*TEACHERS), section="conversations")
def new_answer(look: Look) -> Shown:
    """Teach something that nobody has asked yet."""
    return _editor(look, {"kind": "answer", "examples": []}, "/staff/learned-answers", None, back=f"{INBOX}/learned")


@page("/conversations/learned", access=staff(*TEACHERS), section="conversations", sheet=True)
def learned(look: Look) -> Shown:
    """What the chat was taught, or waits to be published."""
    state = look.query.get("state", "")
    return show(
        "conversations/learned.html", items=look.ask("/staff/learned-answers", state=state)["items"], state=state,
        teaches=True,
    )  # fmt: skip


@page("/conversations/learned/<entry_id>", access=staff(*TEACHERS), section="conversations")
def one_learned(look: Look, entry_id: str) -> Shown:
    """What one entry says now and will say, and its steps."""
    base = f"/staff/learned-answers/{entry_id}"
    entry = look.ask(base)
    steps = [each for each in ENTRY_STEPS if each in entry["actions"]]
    if not entry["pending"]:
        steps = [each for each in steps if each not in ("publish", "discard")]
    return show("conversations/entry.html", entry=entry, base=base, steps=steps, names=names_of_wishes())


def names_of_wishes() -> dict[str, str]:
    """What a taught sentence may mean, by token: wishes, programmes and kinds of facility in words."""
    wishes = {key.removeprefix(INTENT_TEXTS): text for key, text in sentences().items() if key.startswith(INTENT_TEXTS)}
    kinds = {token: each.label_zh for token, each in catalogue().categories.items()}
    return {**kinds, **{each.token: each.label for each in programmes().values()}, **wishes}


def _editor(look: Look, content: Mapping[str, Any], action: str, version: int | None, back: str) -> Shown:
    values = look.trouble.values if look.trouble and look.trouble.action.startswith("/staff/learned-answers") else None
    examples = values.getlist("examples") if values is not None else list(content["examples"])
    shown = {name: values.get(name, "") for name in values} if values is not None else dict(content)
    wishes = sorted((text, key.removeprefix(INTENT_TEXTS)) for key, text in sentences().items()
                    if key.startswith(INTENT_TEXTS))  # fmt: skip
    return show(
        "conversations/editor.html", content=shown, examples=[*examples, *[""] * EMPTY_EXAMPLES], action=action,
        version=version, back=back, wishes=[(token, text) for text, token in wishes],
        programmes=[(each.token, each.label) for each in programmes().values()],
        categories=[(token, each.label_zh) for token, each in catalogue().categories.items()],
    )  # fmt: skip


def _own_first(steps: list[str], found: Mapping[str, Any]) -> list[str]:
    """Whoever does not hold a ticket can do nothing with it but take it over, or send it on while it waits."""
    if found["state"] == "taken" and not found["taken_by_me"]:
        return [each for each in steps if each == "take_over"]
    return [each for each in steps if each != "take_over"]


def _counties(but: str | None) -> list[tuple[str, str]]:
    """Where a ticket can be sent; the city's own queue has no code."""
    found = [(code, each.name_zh) for code, each in catalogue().districts.items() if code != but]
    return found if but is None else [(NOTHING, say("console.whole_city")), *found]
