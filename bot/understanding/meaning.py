"""The result of understanding, whatever finds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from config.loading import rule

FIND_SERVICE, APPLY, ELIGIBILITY, DOCUMENTS, PROGRESS = "find_service", "apply", "eligibility", "documents", "progress"
BOOK_VISIT, CHANGE_VISIT, POLICY, INDICATOR = "book_visit", "change_visit", "policy_question", "indicator_question"
FEEDBACK, HUMAN, GREETING, HELP, EMERGENCY = "feedback", "human", "greeting", "help", "emergency"
THANKS, OUT_OF_SCOPE = "thanks", "out_of_scope"
INTENTS = (
    FIND_SERVICE, APPLY, ELIGIBILITY, DOCUMENTS, PROGRESS, BOOK_VISIT, CHANGE_VISIT, POLICY, INDICATOR, FEEDBACK,
    HUMAN, GREETING, HELP, EMERGENCY, THANKS, OUT_OF_SCOPE,
)  # fmt: skip
WITH_PROGRAMME = (APPLY, ELIGIBILITY, DOCUMENTS, PROGRESS)


@dataclass(frozen=True)
class Slots:
    """What the sentence names. `category`, `programme`: tokens of the catalogue; `place`: as the resident wrote it.

    `matter` says which government matter done elsewhere is meant, for `out_of_scope`. `narrower` is the programme that
    is meant within `programme`: the housing subsidy within public rental housing.
    """

    category: str | None = None
    place: str | None = None
    programme: str | None = None
    open_now: bool = False
    matter: str | None = None
    narrower: str | None = None

    def named(self) -> dict[str, Any]:
        """Only those that are named."""
        given = {"category": self.category, "place": self.place, "programme": self.programme, "matter": self.matter}
        return {name: value for name, value in given.items() if value} | ({"open_now": True} if self.open_now else {})


@dataclass(frozen=True)
class Understanding:
    """An intent, `confidence` from 0 (nothing recognised) to 1, and the slots.

    `rivals` are intents nearly as likely, best first: the dialogue asks which is meant. `then` is a second wish of the
    same message.
    """

    intent: str
    confidence: float
    slots: Slots = field(default_factory=Slots)
    rivals: tuple[str, ...] = ()
    then: Understanding | None = None

    @property
    def sure(self) -> bool:
        """True where the confidence is one to act upon."""
        return self.confidence >= float(rule("conversations.understanding_floor"))

    def as_json(self) -> dict[str, Any]:
        """The plain form of `flask --app wsgi bot understand`."""
        return {"intent": self.intent, "confidence": round(self.confidence, 3), "slots": self.slots.named()}
