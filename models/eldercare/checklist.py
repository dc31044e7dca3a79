"""A visitor's answers to the checklist: checked against the catalogue, shown to those who may know them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from config.visit_checklist import ChecklistItem, visit_checklist
from models.kernel.errors import FieldFault, InvalidInput

Answer = bool | int | str
Answers = Mapping[str, Answer]


def check_answers(answers: Answers, risk_level: str, *, whole: bool) -> None:
    """Raise InvalidInput for a point that is not known, an answer that cannot be, and (`whole`) a point left out.

    A point of another risk level is welcome: the level may have changed since the phone had its list.
    """
    known = {item.token: item for item in visit_checklist().items}
    faults = [
        FieldFault(f"checklist.{token}", "unknown_checklist_item" if token not in known else "checklist_answer")
        for token, answer in answers.items()
        if token not in known or not _fits(known[token], answer)
    ]
    if whole:
        faults += [
            FieldFault(f"checklist.{item.token}", "missing")
            for item in known.values()
            if item.required and risk_level in item.risk and item.token not in answers
        ]
    if faults:
        raise InvalidInput(faults=faults)


def shown_answers(answers: Answers, *, health: bool) -> list[dict[str, Any]]:
    """The answers in the catalogue's order, in words; those that tell of health only where the reader may know."""
    return [
        {"token": item.token, "label": item.label, "answer": answers[item.token],
         "answer_label": item.options.get(str(answers[item.token]))}
        for item in visit_checklist().items
        if item.token in answers and (health or not item.health)
    ]  # fmt: skip


def _fits(item: ChecklistItem, answer: Answer) -> bool:
    if item.kind == "yes_no":
        return isinstance(answer, bool)
    if item.kind == "choice":
        return isinstance(answer, str) and answer in item.options
    return isinstance(answer, int) and not isinstance(answer, bool) and 0 <= answer <= (item.most or 0)
