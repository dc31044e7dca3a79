"""What the routes of feedback take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from api.endpoint import Body, Query
from api.v1.casework.schemas import Cursor, Reason, Token, Version, readable
from config.loading import rule
from models.facilities.datum import Datum

Kind = Literal["need", "complaint", "suggestion", "praise", "rating"]
State = Literal["submitted", "in_work", "replied", "closed", "withdrawn"]
Id = Annotated[str, Field(min_length=1, max_length=60)]
County = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Month = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$")]
Stars = Annotated[int, Field(ge=1, le=5)]
Limit = Annotated[int, Field(ge=1, le=rule("feedback.page_size_most"))]
Words = Annotated[str, Field(min_length=1, max_length=rule("feedback.text_chars_most")), AfterValidator(readable)]
Answer = Annotated[str, Field(min_length=1, max_length=rule("feedback.reply_chars_most")), AfterValidator(readable)]


class FeedbackPointBody(Body):
    """Where it happened, degrees in the phone's datum."""

    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    datum: Datum


class FeedbackBody(Body):
    """A piece. `text` may be left out of a rating, which needs `facility_id` and `stars`. `about`: a programme's token
    or a category. The office follows from the facility, else the township, else the point, else the county, else it is
    the city. `may_publish`: question and reply may be published without personal data."""

    kind: Kind
    text: Words | None = None
    stars: Stars | None = None
    facility_id: Id | None = None
    township_id: Id | None = None
    district_code: County | None = None
    point: FeedbackPointBody | None = None
    about: Token | None = None
    may_publish: bool = False


class PublicFeedbackQuery(Query):
    """`public=true` lists what is published; one's own pieces are at /me/feedback."""

    public: Literal["true"] = "true"
    district_code: County | None = None
    theme: Token | None = None
    limit: Limit = rule("feedback.page_size")
    cursor: Cursor | None = None


class OwnFeedbackQuery(Query):
    """`number`: only the piece with this number."""

    number: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    limit: Limit = rule("feedback.page_size")
    cursor: Cursor | None = None


class ThemesQuery(Query):
    """One month, or from `since` up to and with it, at most a year."""

    month: Month
    since: Month | None = None


class FeedbackDeskQuery(Query):
    """Open pieces, or those of one state. `district_code`: for the city's staff. `month`: in which they were over."""

    state: State | None = None
    district_code: County | None = None
    month: Month | None = None
    limit: Limit = rule("feedback.page_size")
    cursor: Cursor | None = None


class ReopenFeedbackBody(Body):
    """What the reply does not settle."""

    reason: Words


class SatisfactionBody(Body):
    """How content with the reply, and a word."""

    stars: Stars
    word: (
        Annotated[str, Field(min_length=1, max_length=rule("feedback.word_chars_most")), AfterValidator(readable)]
        | None
    ) = None


class AllowPublicationBody(Body):
    """Whether question and reply may be published without personal data; `false` takes them down."""

    may_publish: bool


class FeedbackStepBody(Body):
    """`version` as last seen: refused where the piece has changed since."""

    version: Version | None = None


class FeedbackReplyBody(FeedbackStepBody):
    """Read by the owner alone."""

    text: Answer


class TransferFeedbackBody(FeedbackStepBody):
    """To this township or county; with neither to the city."""

    reason: Reason
    township_id: Id | None = None
    district_code: County | None = None


class FeedbackThemeBody(FeedbackStepBody):
    theme: Token


class PublicTextBody(FeedbackStepBody):
    """The words that everybody is to read. `looked`: a person has read them and found nobody in them."""

    question: Answer
    answer: Answer
    looked: Literal[True]


class TakeDownBody(FeedbackStepBody):
    reason: Reason


class FacilityNamed(BaseModel):
    id: str
    name: str | None


class FeedbackSaid(BaseModel):
    """One thing said, by `owner` or `staff`."""

    model_config = {"populate_by_name": True}

    at: datetime
    sender: str = Field(alias="from")
    text: str


class FeedbackFacts(BaseModel):
    """A piece without what was said. `due_assumed`: the year's holidays are not announced yet."""

    id: str
    number: str
    kind: str
    kind_label: str
    state: str
    state_label: str
    version: int
    stars: int | None
    about: str | None
    facility: FacilityNamed | None
    district_code: str | None
    township_id: str | None
    office: str
    submitted_at: datetime
    due_at: datetime | None
    due_assumed: bool
    may_publish: bool
    public_state: str | None


class FeedbackTimeline(BaseModel):
    action: str
    label: str
    at: datetime


class OwnFeedback(FeedbackFacts):
    """One's own piece."""

    next_step: str
    said: list[FeedbackSaid]
    actions: list[str]
    satisfaction: int | None
    timeline: list[FeedbackTimeline]


class OwnFeedbackPage(BaseModel):
    items: list[OwnFeedback]
    next: str | None


class PublicFeedback(BaseModel):
    """A published piece: masked words, no number, no owner."""

    id: str
    kind: str
    kind_label: str
    theme: str
    theme_label: str
    district_code: str | None
    district: str
    month: str
    question: str
    answer: str
    published_at: datetime


class PublicFeedbackPage(BaseModel):
    items: list[PublicFeedback]
    next: str | None


class FeedbackItem(FeedbackFacts):
    """A piece in a queue; no word of it, no name."""

    channel: str
    theme: str | None
    suggested_theme: str
    overdue: bool
    escalations: int
    transfers: int
    reopened: bool
    taken: bool
    taken_by_me: bool
    actions: list[str]


class FeedbackPage(BaseModel):
    items: list[FeedbackItem]
    next: str | None


class PublicTextView(BaseModel):
    question: str
    answer: str


class FeedbackStep(FeedbackTimeline):
    by_kind: str
    by_me: bool
    note: str | None


class StaffFeedback(FeedbackItem):
    """A piece in full. `public_text`: as it stands, or a machine's proposal to be looked at."""

    said: list[FeedbackSaid]
    owner_name: str | None
    satisfaction: int | None
    satisfaction_word: str | None
    public_text: PublicTextView | None
    history: list[FeedbackStep]


class MovedFeedback(BaseModel):
    """A piece that was sent on, maybe to where the caller may no longer look."""

    id: str
    number: str
    office: str
    state: str
    version: int


class ThemeCounts(BaseModel):
    """A theme's pieces by place (`3609`: the city's own) and in all; null where a count is too small to be told."""

    theme: str
    label: str
    total: int | None
    places: dict[str, int | None]


class ThemeTable(BaseModel):
    """`as_of`: when a job counted, where the months are too large to be counted at every look; for the staff alone."""

    since: str
    month: str
    note: str
    as_of: datetime | None = None
    items: list[ThemeCounts]


class FacilityRatingView(BaseModel):
    """`average` of 1 to 5 and how many rated; both null while there are too few."""

    facility_id: str
    average: float | None
    count: int | None
