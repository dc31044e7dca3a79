"""What the routes of lists, choices and transfers take and give."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, Field

from api.endpoint import Body, Query
from api.v1.eldercare.schemas import Id, Point, Readable, Reason, Version
from config.text import label, say, sentences
from models.eldercare.choices import row_of
from models.eldercare.documents import ELDER_NAME, Category, Elder
from models.eldercare.import_documents import CHOICE_LIFECYCLE, Decision
from models.eldercare.importing import ListReport
from models.eldercare.list_rows import TITLES_BETWEEN, RowFault
from models.eldercare.notices import township_name
from models.kernel.actors import Actor
from models.kernel.encryption import open_text
from models.kernel.lifecycle import Raw
from models.kernel.masking import mask_name


class ListQuery(Query):
    """`category`: the list is all of this kind, beside what its rows say."""

    category: Category | None = None


class DecideBody(Body):
    """`elder_id`: the entry that the row is about; the only candidate unless named."""

    version: Version
    decision: Decision
    elder_id: Id | None = None


class TransferElderBody(Body):
    """Where the person lives from today on, and why it is handed over; the reason is kept encrypted."""

    version: Version
    township_id: Id
    community: Annotated[str, Field(min_length=1, max_length=60), Readable]
    address: Annotated[str, Field(min_length=1, max_length=200), Readable]
    point: Point | None = None
    reason: Reason


class ListFault(BaseModel):
    """A row at fault: its line, the column and why; nothing of what stands in it."""

    line: int
    column: str
    column_label: str
    code: str
    detail: str


class ListView(BaseModel):
    """What became of a list, in rows; `repeated`: it had been read before, and this call changed nothing."""

    id: str
    dry_run: bool
    repeated: bool
    added: int
    updated: int
    unchanged: int
    unsure: int
    rejected: int
    faults: list[ListFault]


class ChoiceItem(BaseModel):
    """A row that waits for a decision, masked."""

    id: str
    version: int
    state: str
    state_label: str
    list_id: str
    line: int
    reason: str
    reason_label: str
    name: str | None
    township_id: str
    township: str
    candidates: list[str]
    actions: list[str]


class ChoiceList(BaseModel):
    items: list[ChoiceItem]
    next: str | None


class Compared(BaseModel):
    """What tells two people apart."""

    elder_id: str | None
    name: str
    id_number: str | None
    birth_date: str
    community: str


class ChoiceDetail(ChoiceItem):
    """The row (until it is decided) beside the entries that it may be about."""

    row: Compared | None
    entries: list[Compared]


def list_view(report: ListReport) -> dict[str, Any]:
    """The outcome of a list."""
    return {
        "id": report.list_id, "dry_run": report.dry_run, "repeated": report.repeated, **asdict(report.counts),
        "faults": [fault_view(each) for each in report.faults],
    }  # fmt: skip


def fault_view(fault: RowFault) -> dict[str, Any]:
    """A fault with its column's title and its sentence."""
    known = (f"{part}.{fault.code}" for part in ("eldercare.list_fault", "errors.fields", "people.faults"))
    key = next((each for each in known if each in sentences()), "errors.fields.other")
    titles = say(f"eldercare.column.{fault.column}").split(TITLES_BETWEEN)
    return {"line": fault.line, "column": fault.column, "column_label": titles[0], "code": fault.code,
            "detail": say(key)}  # fmt: skip


def choice_item(choice: Raw, by: Actor) -> ChoiceItem:
    """A row in the list of those that wait."""
    return ChoiceItem(**_item(choice, by))


def choice_detail(choice: Raw, candidates: list[Raw], by: Actor) -> ChoiceDetail:
    """A row with what is compared, in full, for the staff of its place."""
    row = row_of(choice)
    said = None if row is None else Compared(
        elder_id=None, name=row["name"], id_number=row["id_number"] or None, birth_date=row["birth_date"],
        community=row["community"],
    )  # fmt: skip
    return ChoiceDetail(**_item(choice, by), row=said, entries=[_entry(each) for each in candidates])


def _item(choice: Raw, by: Actor) -> dict[str, Any]:
    row = row_of(choice)
    kept = ("version", "state", "list_id", "line", "reason", "township_id", "candidates")
    return {
        **{name: choice[name] for name in kept},
        "id": choice["_id"],
        "state_label": label("eldercare.choice_state", choice["state"]),
        "reason_label": label("eldercare.choice_reason", choice["reason"]),
        "name": mask_name(row["name"]) if row else None,
        "township": township_name(choice["township_id"]),
        "actions": CHOICE_LIFECYCLE.actions_for(choice, by),
    }


def _entry(elder: Raw) -> Compared:
    return Compared(
        elder_id=elder["_id"], name=open_text(elder["name"], ELDER_NAME),
        id_number=open_text(elder["id_number"], Elder.id_number.context),
        birth_date=open_text(elder["birth_date"], Elder.birth_date.context), community=elder["community"],
    )  # fmt: skip
