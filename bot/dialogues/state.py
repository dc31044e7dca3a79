"""Where a chat stands, what was said, and what a step gives back: plain values, steps are functions of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.understanding import Understanding
from config.loading import rule

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Frame:
    """One step of a dialogue: which, what it knows, and what was said to ask for the answer."""

    dialogue: str = ""
    step: str = ""
    data: Json = field(default_factory=dict)
    said: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str, Json]:
        """What makes it another step than the one before."""
        return self.dialogue, self.step, self.data

    def stored(self) -> dict[str, Any]:
        return {"dialogue": self.dialogue, "step": self.step, "data": dict(self.data), "said": list(self.said)}

    @classmethod
    def restored(cls, stored: Json) -> Frame:
        return cls(stored["dialogue"], stored["step"], stored["data"], tuple(stored["said"]))


@dataclass(frozen=True)
class State:
    """The present step (`frame.dialogue` "" where nothing was asked) and those before it, for "back".

    `facts` outlive a dialogue: wrong codes tried, when WeChat was last asked who the follower is. `fresh`: begun anew
    in this very turn, so that "back" does not lead to what was left behind.
    """

    frame: Frame = field(default_factory=Frame)
    earlier: tuple[Frame, ...] = ()
    facts: Json = field(default_factory=dict)
    fresh: bool = False

    def to(self, dialogue: str, step: str, **data: Any) -> State:
        """At this step of this dialogue."""
        return replace(self, frame=Frame(dialogue, step, data))

    def done(self) -> State:
        """Nothing is asked any more; "back" still leads to where one was."""
        return replace(self, frame=Frame())

    def cleared(self) -> State:
        """As at the beginning of a chat."""
        return State(facts=self.facts, fresh=True)

    def knowing(self, **facts: Any) -> State:
        """With these facts."""
        return replace(self, facts={**self.facts, **facts})

    def said(self, before: State, texts: list[str]) -> State:
        """After `texts` were said: kept for "repeat"; another step than `before` leaves that one for "back"."""
        if self.frame.place == before.frame.place and before.frame.dialogue:
            return self  # a remark by the way: the question asked stays the one to repeat
        most = rule("conversations.back_steps")
        moved = bool(before.frame.dialogue) and self.earlier == before.earlier and not self.fresh
        earlier = (*before.earlier, before.frame)[-most:] if moved else self.earlier
        return replace(self, frame=replace(self.frame, said=tuple(texts)), earlier=earlier)

    def stored(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "frame": self.frame.stored(), "earlier": [each.stored() for each in self.earlier], "facts": dict(self.facts)
        }  # fmt: skip

    @classmethod
    def restored(cls, stored: Json) -> State:
        """A state from what `stored` gave; the beginning where nothing was kept."""
        if not stored:
            return cls()
        earlier = tuple(Frame.restored(each) for each in stored["earlier"])
        return cls(Frame.restored(stored["frame"]), earlier, stored["facts"])


@dataclass(frozen=True)
class Point:
    """Where somebody is, in degrees of a datum; `label` is what we call it."""

    latitude: float
    longitude: float
    datum: str
    label: str
    district_code: str | None = None
    township_id: str | None = None

    def stored(self) -> dict[str, Any]:
        return dict(self.__dict__)

    @classmethod
    def restored(cls, stored: Json) -> Point:
        return cls(**stored)


@dataclass(frozen=True)
class Turn:
    """One message of a follower, understood. `text` is "" for a location; `lapsed`: a question had been forgotten.

    `chosen`: the wish was chosen from a menu or a list, its words are not the follower's.
    """

    text: str
    heard: Understanding
    at: datetime
    point: Point | None = None
    lapsed: bool = False
    chosen: bool = False


Outcome = tuple[State, list[str]]
