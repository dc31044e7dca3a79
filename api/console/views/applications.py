"""One application: what was handed in beside its papers, what speaks for and against, and what can be done now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.access import staff
from api.console.formats import link, place
from api.console.pages import Look, Shown, page, show
from api.console.views.work import CASEWORK, FILTERS, QUEUE, queue_query
from config.loading import catalogue, rule
from config.programme_forms import FormField
from config.programmes import Version, programmes
from config.text import label, say
from models.kernel.errors import NotFound

# What the page has a form for, by the lifecycle's action: the API's step. What leads on comes first.
STEPS = {
    "accept": "accept", "first_review": "first-review", "second_review": "second-review", "approve": "approve",
    "request_correction": "request-correction", "refuse": "refuse", "reopen": "reopen", "uphold": "uphold",
    "transfer": "transfer", "end": "end",
}  # fmt: skip
# Answers that name another record: its content stands on the page by itself.
RECORDS = ("household", "child")


@page("/applications/<application_id>", access=staff(*CASEWORK), section="applications")
def application(look: Look, application_id: str) -> Shown:
    """The whole file; every look is recorded."""
    base = f"/staff/applications/{application_id}"
    case = look.ask(base)
    rules = programmes()[case["programme"]].numbered(case["programme_version"]).of_county(case["county_rules"])
    labels = {each["action"]: each["label"] for each in case["actions"]}
    steps = [{"action": each, "label": labels[each], "step": step} for each, step in STEPS.items() if each in labels]
    return show(
        "application.html", case=case, base=base, steps=steps, answers=_answers(case, rules),
        papers=_papers(case, rules), kinds=[{"token": each.token, "label": each.label} for each in rules.papers],
        household=_optional(look, f"{base}/household"), duplicates=look.ask(f"{base}/duplicates")["items"],
        correction=look.ask(f"{base}/correction")["items"], replaced=look.ask(f"{base}/replaced-papers")["items"],
        differences=_differences(look, base, rules), undo=_undo(labels),
        candidates=look.ask(f"{base}/caseworkers")["items"] if "assign" in labels else [],
        notice_length=_notice_length(rules),
        sentences=_sentences(), end_reasons=_end_reasons(), townships=_everywhere(case), way=_way(look, application_id),
    )  # fmt: skip


@page("/applications/<application_id>/as-applicant", access=staff(*CASEWORK), section="applications")
def as_applicant(look: Look, application_id: str) -> Shown:
    """What the applicant sees of the case: the same words, nothing of the office."""
    base = f"/staff/applications/{application_id}"
    return show("as_applicant.html", case=look.ask(base), correction=look.ask(f"{base}/correction")["items"])


def _differences(look: Look, base: str, rules: Version) -> dict[str, Any]:
    """What changed since the application was handed in, in words: answers, papers, and what the office said."""
    found = look.ask(f"{base}/differences")
    fields, kinds = rules.form.properties, {each.token: each.label for each in rules.papers}
    answers = [
        {"title": fields[each["name"]].title, **{
            side: "" if each[side] in (None, "", []) else _in_words(each[side], fields[each["name"]], {})
            for side in ("before", "after")
        }}
        for each in found["answers"] if each["name"] in fields and fields[each["name"]].format not in RECORDS
    ]  # fmt: skip
    papers = [{**each, "kind": kinds.get(each["paper"], each["paper"])} for each in found["papers"]]
    return {"answers": answers, "papers": papers, "steps": found["steps"]}


def _notice_length(rules: Version) -> str:
    """For how long an approval is on public notice, in words; empty where it is not."""
    notice = rules.public_notice
    if notice is None:
        return ""
    return say("console.case.notice_days", days=notice.days) if notice.days else say(
        "console.case.notice_working_days", days=notice.working_days
    )  # fmt: skip


def _undo(labels: Mapping[str, str]) -> list[str]:
    """Of the steps offered now, which can be taken back and how, and which cannot."""
    return [said for each in labels if (said := label("console_cases.undo", each)) != each]


def _optional(look: Look, path: str) -> Any:
    try:
        return look.ask(path)
    except NotFound:
        return None


def _answers(case: Mapping[str, Any], rules: Version) -> list[tuple[str, str]]:
    """Questions and answers in words, in the form's order."""
    named = {each["id"]: each["name"] for each in case["choices"]}
    form = case["form"]
    return [
        (field.title, _in_words(form[name], field, named))
        for name, field in rules.form.properties.items()
        if form.get(name) not in (None, "", []) and field.format not in RECORDS
    ]


def _in_words(value: Any, field: FormField, named: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return say("console.yes" if value else "console.no")
    if isinstance(value, list):
        words = [_in_words(each, field, named) for each in value]
        return "\n".join(f"{number}. {text}" for number, text in enumerate(words, 1))
    choices = field.oneOf or (field.items.oneOf if field.items else None) or []
    chosen = next((each.title for each in choices if each.const == value), None)
    if chosen is not None:
        return chosen
    if field.format == "township":
        return place(str(value))
    return named.get(str(value), str(value))


def _papers(case: Mapping[str, Any], rules: Version) -> list[dict[str, Any]]:
    """The papers with what they are; a required one that is missing is named too."""
    kinds = {each.token: each for each in rules.papers}
    shown = [{**each, "kind": kinds[each["paper"]].label if each["paper"] in kinds else each["paper"]}
             for each in case["papers"]]  # fmt: skip
    there = {each["paper"] for each in case["papers"]}
    missing = [{"id": "", "kind": each.label} for token, each in kinds.items() if each.required and token not in there]
    return [*shown, *missing]


def _sentences() -> list[str]:
    """Sentences for a correction that are needed again and again."""
    return [say(f"console.sentence.{name}") for name in rule("casework.correction_sentences")]


def _end_reasons() -> list[tuple[str, str]]:
    return [(name, label("casework.end_reason", name)) for name in rule("casework.end_reasons_of_staff")]


def _everywhere(case: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every other township by county, the case's own county first."""
    codes = sorted(catalogue().districts, key=lambda code: (code != case["district_code"], code))
    return [
        (place(code), [(each.id, each.name_zh) for each in catalogue().places
                       if each.district_code == code and each.id != case["township_id"]])
        for code in codes
    ]  # fmt: skip


def _way(look: Look, application_id: str) -> dict[str, str]:
    """Back to the list one came from, and its next and previous case; empty where one came from elsewhere."""
    asked = {name: look.query.get(name, "") for name in FILTERS}
    if not asked["stage"]:
        return {}
    district = asked["district_code"] or look.session.actor.district_code or ""
    query = {**queue_query(look, asked, district), "cursor": "", "limit": rule("casework.page_size_most")}
    ids = [each["id"] for each in look.ask("/staff/applications", **query)["items"]]
    kept = {name: value for name, value in asked.items() if name != "cursor"}
    found = {"back": link(QUEUE, **kept)}
    if application_id in ids:
        here = ids.index(application_id)
        around = {"prev": here - 1, "next": here + 1}
        found |= {name: link(f"{QUEUE}/{ids[to]}", **kept) for name, to in around.items() if 0 <= to < len(ids)}
    elif ids:  # it was decided just now: the list's first is next
        found["next"] = link(f"{QUEUE}/{ids[0]}", **kept)
    return found
