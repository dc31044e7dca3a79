"""What the routes for those who run the product take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from api.endpoint import Body, Query
from api.v1.casework.schemas import Cursor, Reason, readable
from config.loading import rule
from models.kernel.actors import STAFF_ROLES

Version = Annotated[int, Field(ge=1, le=2**31)]
County = Annotated[str, Field(pattern=r"^3609\d\d$")]
Words = Annotated[str, Field(min_length=1, max_length=60)]
Role = Literal[STAFF_ROLES]  # type: ignore[valid-type]


class CursorQuery(Query):
    cursor: Cursor | None = None


class MessagesOutQuery(CursorQuery):
    state: Literal["dead", "uncertain", "failed", "pending", "sending"] = "dead"


class TrailQuery(CursorQuery):
    """`subject`: `kind:id`; `staff`: a user name or an account's id. `first`, `last`: days of China, both within.
    `chain`: a county's code, or `city`."""

    subject: Annotated[str, Field(min_length=3, max_length=200)] | None = None
    staff: Words | None = None
    action: Annotated[str, Field(pattern=r"^[a-z_.]{1,60}$")] | None = None
    first: date | None = None
    last: date | None = None
    chain: Annotated[str, Field(pattern=r"^(city|3609\d\d)$")] | None = None


class ChainBody(Body):
    chain: Annotated[str, Field(pattern=r"^(city|3609\d\d)$")]


class AccountsQuery(CursorQuery):
    role: Role | None = None
    district_code: County | None = None
    name: Words | None = None


class PostingBody(Body):
    """What somebody is, and where: no `district_code` is the whole city, no `township_ids` the whole county."""

    roles: Annotated[list[Role], Field(min_length=1, max_length=len(STAFF_ROLES))]
    district_code: County | None = None
    township_ids: Annotated[list[Annotated[str, Field(pattern=r"^\d{1,12}$")]], Field(max_length=100, default=[])]


class NewAccountBody(PostingBody):
    username: Words
    display_name: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(readable)]


class ChangePostingBody(PostingBody):
    version: Version


class AccountStepBody(Body):
    version: Version


class RuleTextBody(Body):
    """A version of a programme as YAML."""

    programme: Annotated[str, Field(pattern=r"^[a-z_]{1,64}$")]
    text: Annotated[str, Field(min_length=1, max_length=rule("running.rule_text_bytes_most"))]


class RuleProposalBody(RuleTextBody):
    reason: Reason


class RuleStepBody(Body):
    version: Version | None = None


class RuleWithdrawBody(RuleStepBody):
    reason: Reason


class TextsQuery(CursorQuery):
    text: Words | None = None


class JobRunView(BaseModel):
    """A run; `outcome` in the words of its job."""

    job: str
    period: str
    state: str
    attempts: int
    holder: str
    due_at: datetime | None
    finished_at: datetime | None
    next_attempt_at: datetime | None
    updated_at: datetime | None
    seconds: float | None
    outcome: dict[str, str]


class JobView(BaseModel):
    job: str
    label: str
    latest: JobRunView | None
    failed: JobRunView | None


class JobList(BaseModel):
    items: list[JobView]


class JobRunPage(BaseModel):
    items: list[JobRunView]
    next: str | None


class MessageOutView(BaseModel):
    """A message without its contents. `retry`: a person may have it sent again."""

    key: str
    channel: str
    state: str
    attempts: int
    outcome: str | None
    created_at: datetime
    updated_at: datetime
    next_attempt_at: datetime
    retry: bool


class MessageOutPage(BaseModel):
    items: list[MessageOutView]
    next: str | None
    counts: dict[str, int]


class TrailEntry(BaseModel):
    chain: str
    sequence: int
    at: datetime
    action: str
    subject: str
    by_kind: str
    by_id: str
    by_name: str | None
    roles: list[str]
    detail: dict[str, str]


class TrailPage(BaseModel):
    items: list[TrailEntry]
    next: str | None
    chains: list[str]


class ChainCheck(BaseModel):
    """What the comparison of a chain's last entries found."""

    chain: str
    entries: int
    faults: list[str]


class AskedPosting(BaseModel):
    roles: list[str]
    district_code: str | None
    township_ids: list[str]
    by: str
    at: datetime


class AccountView(BaseModel):
    """An account; `asked` waits for a second administrator."""

    id: str
    username: str
    display_name: str
    roles: list[str]
    district_code: str | None
    township_ids: list[str]
    active: bool
    otp: bool
    recovery_codes: int
    created_at: datetime
    updated_at: datetime
    version: int
    demo: bool
    asked: AskedPosting | None


class AccountPage(BaseModel):
    items: list[AccountView]
    next: str | None


class AccountMade(BaseModel):
    """The account with its first password and the address of its second factor: told once."""

    id: str
    account: AccountView
    password: str
    enrolment_uri: str | None


class RuleVersionView(BaseModel):
    version: int
    in_force_from: str
    source: str
    papers: int
    rules: int
    overrides: int
    in_force: bool
    coming: bool
    released: bool


class RuleProgrammeView(BaseModel):
    """A programme's versions; `template`: the latest one under the next number, to begin from."""

    programme: str
    label: str
    versions: list[RuleVersionView]
    template: str


class RuleStepView(BaseModel):
    label: str
    at: datetime
    note: str | None


class RuleProposalView(BaseModel):
    id: str
    programme: str
    programme_label: str
    number: int
    in_force_from: str
    reason: str
    state: str
    created_at: datetime
    version: int
    by_me: bool
    preview: dict[str, Any]
    actions: list[str]
    text: str | None
    steps: list[RuleStepView]
    changes: list[tuple[str, str]]


class RuleList(BaseModel):
    programmes: list[RuleProgrammeView]
    proposals: list[RuleProposalView]


class RuleTrial(BaseModel):
    """What a text would do, without keeping it: `rules` are the new version's, by token."""

    programme: str
    number: int
    in_force_from: str
    preview: dict[str, Any]
    labels: dict[str, str]


class TextView(BaseModel):
    key: str
    text: str
    file: str
    used_in: list[str]


class TextPage(BaseModel):
    items: list[TextView]
    next: str | None


class KeyUse(BaseModel):
    """`versions`: of the values looked at, how many by the key's version."""

    collection: str
    documents: int
    sampled: int
    versions: dict[str, int]


class KeyList(BaseModel):
    """`as_of`: when the samples were taken."""

    current: int
    as_of: datetime
    collections: list[KeyUse]


class BackupView(BaseModel):
    count: int
    latest: str | None
    made_at: datetime | None
    late: bool


class HealthView(BaseModel):
    database_ms: float
    migrations_pending: int
    restoring: bool
    failed_jobs: list[str]
    messages: dict[str, int]
    backups: BackupView
    integrity: JobRunView | None
    key_version: int
