"""What the routes of proxies take and give."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from api.endpoint import Body, Query
from api.v1.people.schemas import Line
from config.loading import rule
from config.programmes import TOKEN_FORM, programmes
from models.people.identity import IdKind

Action = Literal["draft", "papers", "submit", "withdraw", "household", "visits", "offer", "child"]
FamilyRelation = Literal["child", "spouse", "parent", "relative", "neighbour", "village_cadre", "other"]
ProxyRelation = Literal["child", "spouse", "parent", "relative", "neighbour", "village_cadre", "caseworker", "other"]
Version = Annotated[int, Field(ge=1, le=2**31)]
ConsentVersion = Annotated[int, Field(ge=1, le=10_000)]
Days = Annotated[int, Field(ge=1, le=rule("people.proxy_days_most"))]


def _known(token: str) -> str:
    if token not in programmes():
        raise PydanticCustomError("literal_error", "no such programme")
    return token


def _one_line(text: str) -> str:
    if not text.strip() or any(unicodedata.category(char).startswith("C") for char in text):
        raise PydanticCustomError("control_character", "a character that cannot be used")
    return text.strip()


Programme = Annotated[str, Field(pattern=TOKEN_FORM, max_length=60), AfterValidator(_known)]
Reason = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_one_line)]


class ScopeBody(Body):
    """What the proxy may do, for which programmes (none named: all), and for how many days."""

    actions: list[Action] = Field(default=["draft", "papers", "submit"], min_length=1, max_length=8)
    programmes: list[Programme] = Field(default_factory=list, max_length=50)
    days: Days = rule("people.proxy_days")


class OfferBody(ScopeBody):
    """I authorise the one to whom I give the code.

    `child_consent_version`: with the action `child`, the version of the consent `child` that I give, as guardian, for
    the children whom the proxy registers.
    """

    relation: FamilyRelation
    child_consent_version: ConsentVersion | None = None


class AcceptCodeBody(Body):
    """The code as it was handed over."""

    code: Annotated[str, Field(min_length=8, max_length=40, pattern=r"^[A-Za-z0-9 -]+$")]


class RequestBody(ScopeBody):
    """For whom I ask to act: as on the ID document and on the paper that they signed."""

    name: Line
    id_number: Line
    id_kind: IdKind = "resident_id_card"
    township_id: Annotated[str, Field(pattern=r"^[0-9]{1,12}$")]
    relation: ProxyRelation


class ConfirmBody(Body):
    """`version` is the one the caseworker has read. `child_consent_version`: with the action `child`, the version of
    the guardian's consent that was signed with the paper."""

    version: Version
    child_consent_version: ConsentVersion | None = None


class RefuseProxyBody(Body):
    """Why it is not confirmed."""

    version: Version
    reason: Reason


class RevokeProxyBody(Body):
    """Why the township ends it: who asked for that, and how. `looked`: that it is this one was looked at twice."""

    reason: Reason
    looked: Literal[True]


class ProxyQueueQuery(Query):
    """Authorisations on paper of one's place in a state; the county is the caseworker's own where none is named.

    `cursor`: the `next` of the page before.
    """

    state: Literal["requested", "active", "refused", "ended"] = "requested"
    district_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    cursor: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")] | None = None


class SignedPaper(BaseModel):
    id: str
    name: str
    media_type: str
    bytes: int
    pages: int
    added_at: datetime


class ProxyShown(BaseModel):
    """An authorisation. `applicant` and `proxy` are masked names, null where nobody is there yet."""

    id: str
    state: str
    state_label: str
    version: int
    relation: str
    relation_label: str
    actions: list[str]
    programmes: list[str]
    in_force: bool
    expires_at: datetime
    created_at: datetime
    applicant: str | None
    proxy: str | None
    papers: list[SignedPaper]
    reason: str | None


class ProxyOffered(ProxyShown):
    """With the code to hand over, good once and until `code_expires_at`."""

    code: str
    code_expires_at: datetime


class ProxyList(BaseModel):
    items: list[ProxyShown]


class ProxyQueue(ProxyList):
    """A page of a township's list; `next` is the cursor of the one that follows, null on the last."""

    next: str | None


class ProxyStep(BaseModel):
    action: str
    label: str
    at: datetime
    by_me: bool


class StaffProxyShown(ProxyShown):
    """With the person on the paper in clear, to be compared with it. The look is recorded.

    `may`: which of `confirm`, `refuse` and `revoke` this caseworker may do now; `asked_by_me`: they asked for it
    themselves, so somebody else confirms it. `child_consent_version`: what the guardian has agreed to.
    """

    person: dict[str, str]
    township: str
    confirmed_by: str | None
    asked_by_me: bool
    may: list[str]
    child_consent_version: int | None
    history: list[ProxyStep]
