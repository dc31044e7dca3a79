"""A new dated version of a programme, as a proposal: written as YAML, held against everything the catalogue demands,
tried on cases that were decided, and approved by a second person.

What is approved comes into force with the catalogue's file: who keeps the installation puts it there (decision 44).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

import yaml
from mongoengine import DictField, IntField, StringField
from pydantic import ValidationError

from config.loading import catalogue, rule
from config.programmes import FOLDER, Programme, Version, programmes
from config.text import say
from config.yaml_lines import read_yaml
from models.casework.documents import APPROVED, REFUSED, Application
from models.casework.eligibility import assess
from models.casework.queries import form_of, household_facts_of, version_of
from models.kernel import audit
from models.kernel.actors import ADMINISTRATOR, SUPERVISOR, Actor
from models.kernel.clock import as_utc, day_of
from models.kernel.database import collection
from models.kernel.encryption import DecryptionFault
from models.kernel.errors import FieldFault, Forbidden, InvalidInput, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Lifecycle, Raw, Transition, history_entry
from models.kernel.outbox import OUTBOX_INDEX, Causing

PROPOSED, ACCEPTED, REJECTED = "proposed", "approved", "rejected"
RULE_ROLES = (ADMINISTRATOR, SUPERVISOR)
KEY_SCOPE = "rule proposal"
DECIDED = (APPROVED, REFUSED)


class RuleProposal(Causing):
    """A version to come; `preview` is what it would have done to decided cases, counted when it was proposed."""

    programme = StringField(required=True)
    number = IntField(required=True)
    in_force_from = StringField(required=True)
    text = StringField(required=True)
    reason = StringField(required=True)
    state = StringField(required=True, default=PROPOSED)
    author = StringField(required=True)
    preview = DictField()

    meta: ClassVar[dict[str, Any]] = {"collection": "rule_proposals"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("programme", 1), ("created_at", -1)], "name": "programme"},
        OUTBOX_INDEX,
    ]


def _by_another(raw: Raw, by: Actor, at: datetime) -> None:
    """Whoever wrote it does not approve it."""
    if raw.get("author") == by.id:
        raise Forbidden("second_person_needed")


PROPOSAL = Lifecycle(
    "rule_proposal",
    RuleProposal,
    PROPOSED,
    [
        Transition("approve", (PROPOSED,), ACCEPTED, RULE_ROLES, _by_another),
        Transition("reject", (PROPOSED,), REJECTED, RULE_ROLES),
    ],
)


def template_of(token: str) -> str:
    """The latest version's text under the next number, to begin from. Raises NotFound."""
    tree = _tree(token)
    latest = {**tree["versions"][-1], "version": tree["versions"][-1]["version"] + 1}
    return str(yaml.safe_dump(latest, allow_unicode=True, sort_keys=False, width=120))


def read(token: str, text: str, at: datetime) -> Version:
    """The version that a text describes, held against the whole programme. Raises InvalidInput (`text`), NotFound."""
    tree = _tree(token)
    if len(text.encode()) > rule("running.rule_text_bytes_most"):
        raise _fault("rules_long")
    try:
        # An anchor may be repeated until nobody can hold it; no programme needs one.
        if any(isinstance(each, yaml.AliasToken) for each in yaml.scan(text, Loader=yaml.CSafeLoader)):
            raise _fault("rules_alias")
        given = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        raise _fault("rules_yaml", line=mark.line + 1 if mark else 1) from None
    if not isinstance(given, dict):
        raise _fault("rules_mapping")
    try:
        whole = Programme.model_validate({**tree, "versions": [*tree["versions"], given]})
    except ValidationError as fault:
        raise InvalidInput(faults=[
            FieldFault(f"text.{_where(each['loc'])}", "rules_field",
                       say("running.faults.rules_field", where=_where(each["loc"]), what=each["msg"]))
            for each in fault.errors(include_url=False)[: rule("running.rule_faults_most")]
        ]) from None  # fmt: skip
    version = whole.versions[-1]
    if version.in_force_from <= day_of(at):
        raise _fault("rules_past")
    return version


def try_on_cases(token: str, version: Version, at: datetime) -> Raw:
    """How decided cases of the last months would come out: `looked`, `same`, and by change and by rule how many.

    A case is held against its own rules and the new ones as of the day it was submitted; what the new form asks and
    the old one did not stays unknown.
    """
    found: Raw = {"looked": 0, "same": 0, "changes": {}, "rules": {}}
    changes, rules = Counter[str](), Counter[str]()
    for raw in _decided(token, at):
        answers, day = _answers(raw), day_of(as_utc(raw.get("submitted_at") or raw["created_at"]))
        if not answers:
            continue
        facts = household_facts_of(raw)
        before = assess(version_of(raw), answers, day, facts)
        new = version.of_county(version.override_key(raw.get("district_code"), max(day, version.in_force_from)))
        after = assess(new, answers, day, facts)
        found["looked"] += 1
        if before.answer == after.answer:
            found["same"] += 1
        else:
            changes[f"{before.answer}>{after.answer}"] += 1
        old = {each.rule.token: each.outcome for each in before.findings}
        rules.update(each.rule.token for each in after.findings if old.get(each.rule.token) != each.outcome)
    return {**found, "changes": dict(changes), "rules": dict(rules)}


def propose(token: str, text: str, reason: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """Keep a proposal with what it would have done. Raises as `read`."""
    version = read(token, text, at)
    proposal = RuleProposal(
        id=id_from_key(KEY_SCOPE, key), created_at=at, updated_at=at, programme=token, number=version.version,
        in_force_from=version.in_force_from.isoformat(), text=text, reason=reason, author=by.id,
        preview=try_on_cases(token, version, at),
        history=[history_entry("propose", None, PROPOSED, by, at, note=None)],
    )  # fmt: skip
    collection(RuleProposal).update_one({"_id": proposal.id}, {"$setOnInsert": _without_id(proposal)}, upsert=True)
    audit.record(by, "rules.proposed", f"rule_proposal:{proposal.id}", at, detail={"programme": token})
    return one(str(proposal.id))


def step(proposal_id: str, action: str, *, by: Actor, at: datetime, key: str, version: int | None) -> Raw:
    """`approve` or `reject`. An approval reads the text again: the catalogue may have moved on.

    Raises NotFound, InvalidInput, Forbidden (`second_person_needed`), StaleVersion, IllegalTransition.
    """
    raw = one(proposal_id)
    if action == "approve":
        read(raw["programme"], raw["text"], at)
    done = PROPOSAL.perform(proposal_id, action, by=by, at=at, key=key, version=version)
    audit.record(by, f"rules.{action}", f"rule_proposal:{proposal_id}", at)
    return done


def one(proposal_id: str) -> Raw:
    """A stored proposal. Raises NotFound."""
    found = collection(RuleProposal).find_one({"_id": proposal_id})
    if found is None:
        raise NotFound()
    return found


def listed() -> list[Raw]:
    """All proposals without their text, the latest first; there are few."""
    return list(collection(RuleProposal).find({}, {"text": 0, "history": 0, "outbox": 0}).sort([("created_at", -1)]))


def is_in_catalogue(raw: Mapping[str, Any]) -> bool:
    """True where the programme has the version by now."""
    return any(each.version == raw["number"] for each in programmes()[raw["programme"]].versions)


def _tree(token: str) -> Raw:
    if token not in programmes():
        raise NotFound()
    tree: Raw = read_yaml(FOLDER / f"{token}.yaml")[0]
    return tree


def _decided(token: str, at: datetime) -> Iterator[Raw]:
    """Decided cases of the last months, at most so many of each county and outcome."""
    since = at - timedelta(days=rule("running.preview_days"))
    for code in catalogue().districts:
        for state in DECIDED:
            wanted = {"district_code": code, "programme": token, "state": state, "created_at": {"$gte": since}}
            yield from collection(Application).find(wanted).limit(rule("running.preview_cases_each"))


def _answers(raw: Raw) -> Raw:
    try:
        return form_of(raw)
    except DecryptionFault:
        return {}


def _where(loc: tuple[int | str, ...]) -> str:
    """Where in the version's text: `versions.2.papers.0.label` → `papers.0.label`."""
    return ".".join(map(str, loc[2:] if loc[:1] == ("versions",) else loc)) or "-"


def _fault(code: str, **details: Any) -> InvalidInput:
    return InvalidInput(faults=[FieldFault("text", code, say(f"running.faults.{code}", **details))])


def _without_id(proposal: RuleProposal) -> Raw:
    return {name: value for name, value in proposal.raw().items() if name != "_id"}
