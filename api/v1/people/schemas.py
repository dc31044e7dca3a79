"""Bodies, queries and answers of residents and of staff sign-in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from api.endpoint import Body, Query
from config.loading import rule
from models.people.consents import Purpose
from models.people.identity import ChildIdKind, IdKind

Relation = Literal["mother", "father", "guardian"]
# One line of text without control characters, as a person writes it.
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Otp = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
# Whoever lost the phone gives one of the recovery codes instead.
OtpOrRecovery = Annotated[str, StringConstraints(pattern=r"^([0-9]{6}|[0-9A-Fa-f]{4}(-?[0-9A-Fa-f]{4}){3})$")]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class WechatCodeBody(Body):
    """A code of the phone button."""

    code: Code


class SignInBody(Body):
    """A code of `wx.login`. `existing`: sign in again only, never make an account."""

    code: Code
    existing: bool = False


class ProfileBody(Body):
    """What to change; what is not named stays."""

    home_township_id: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}$")] | None = None
    large_type: bool = False


class IdentityBody(Body):
    """Real name and ID number as on the document."""

    name: Line
    id_number: Line
    id_kind: IdKind = "resident_id_card"


class IdentityCorrectionBody(IdentityBody):
    """As seen on the document by a caseworker, and why it is corrected."""

    reason: Line


class ConsentBody(Body):
    """`given` false withdraws."""

    purpose: Purpose
    version: int = Field(ge=1, le=10_000)
    given: bool = True


class ChildBody(Body):
    """A child under 14; sending it is the guardian's explicit consent to version `consent_version` of `child`.

    A proxy leaves it out: the guardian has given the consent in the authorisation.
    """

    name: Line
    id_number: Line
    id_kind: ChildIdKind = "resident_id_card"
    birth_date: date | None = None
    relation: Relation
    consent_version: int | None = Field(default=None, ge=1, le=10_000)


class MessagesQuery(Query):
    """A page of in-app messages, newest first."""

    limit: int = Field(default=rule("people.messages_page"), ge=1, le=rule("people.messages_page_most"))
    cursor: str | None = None


class StaffSignInBody(Body):
    """`otp` may be left out where no second factor is set up."""

    username: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    password: Password
    otp: OtpOrRecovery | None = None


class OtpBeginBody(Body):
    """The password again, and a code of the present second factor where there is one."""

    password: Password
    otp: Otp | None = None


class OtpConfirmBody(Body):
    """A code of the new second factor."""

    otp: Otp


class PasswordBody(Body):
    """The password in use and the one to come."""

    current_password: Password
    new_password: Password
    otp: Otp | None = None


class Township(BaseModel):
    id: str
    name: str
    district_code: str


class Identity(BaseModel):
    """A real name with a masked ID number. `source`: declared by `self`, or corrected by `staff`."""

    name: str
    id_number: str
    id_kind: str
    source: Literal["self", "staff"]
    set_at: datetime


class ConsentStanding(BaseModel):
    """What was last said of a purpose; `holds` where it counts for the present version."""

    purpose: str
    version: int
    state: Literal["given", "withdrawn"]
    by: str
    channel: str
    at: datetime
    holds: bool


class ChildShown(BaseModel):
    """A child, masked."""

    id: str
    relation: Relation
    relation_label: str
    name: str
    id_number: str
    id_kind: str
    birth_date: date
    registered_at: datetime


class ChildList(BaseModel):
    items: list[ChildShown]


class ResidentProfile(BaseModel):
    """A resident as they see themselves."""

    id: str
    identity: Identity | None
    phone: str | None
    home_township: Township | None
    large_type: bool
    consents: list[ConsentStanding]
    children: list[ChildShown]
    created_at: datetime
    version: int


class SignedIn(BaseModel):
    token: str
    expires_at: datetime
    resident: ResidentProfile


class DataCopy(BaseModel):
    """Everything that is held of a resident, in clear; `data` by the part of the product that holds it."""

    resident_id: str
    exported_at: datetime
    data: dict[str, Any]


class ErasureState(BaseModel):
    """`erasing` while some part is still being erased."""

    state: Literal["erasing", "erased"]


class ConsentVersion(BaseModel):
    version: int
    since: date
    title: str
    text: str
    articles: list[str]
    separate: bool
    sensitive: bool


class ConsentTexts(BaseModel):
    """A purpose with all its versions; `current` is asked for now."""

    purpose: str
    required_for: str
    current: int
    versions: list[ConsentVersion]


class ConsentList(BaseModel):
    items: list[ConsentTexts]


class MessageShown(BaseModel):
    id: str
    text: str
    page: str | None
    created_at: datetime
    read_at: datetime | None


class MessagePage(BaseModel):
    items: list[MessageShown]
    next: str | None
    unread: int


class Role(BaseModel):
    token: str
    label: str


class StaffProfile(BaseModel):
    """A caseworker; no `district` means the whole city, no `townships` the whole county."""

    id: str
    username: str
    display_name: str
    roles: list[Role]
    district_code: str | None
    district: str | None
    townships: list[Township]
    otp_enrolled: bool
    recovery_codes_left: int


class StaffSignedIn(BaseModel):
    token: str
    expires_at: datetime
    staff: StaffProfile


class SessionView(BaseModel):
    """A browser in which one is signed in: what it says of itself, since when, last used when."""

    number: str
    device: str
    created_at: datetime
    seen_at: datetime


class SessionList(BaseModel):
    items: list[SessionView]


class RecoveryCodes(BaseModel):
    """Shown once: each signs in once instead of a code of the second factor. Earlier ones are void."""

    codes: list[str]


class OtpEnrolment(BaseModel):
    """Shown once: for the authenticator app, by QR code or by hand."""

    secret: str
    uri: str
