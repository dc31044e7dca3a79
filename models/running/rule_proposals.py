"""A new dated version of a programme, as a proposal: written as YAML, held against everything the catalogue demands,
and tried on cases that were decided. A second person releases it (`rule_releases`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from difflib import unified_diff
from itertools import islice
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from config.loading import catalogue, rule
from config.programmes import Programme, Version, tree_of
from config.text import say, sentences
from config.yaml_lines import CatalogueFault, GivenTwice, Lines, read_lines
from models.casework.documents import APPROVED, REFUSED, Application
from models.casework.eligibility import assess
from models.casework.queries import form_of, household_facts_of, version_of
from models.housing.ordering import waiting_lists
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import as_utc, day_of
from models.kernel.database import collection
from models.kernel.encryption import DecryptionFault
from models.kernel.errors import FieldFault, InvalidInput, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Raw, history_entry
from models.running.rule_documents import PROPOSAL, PROPOSED, RuleProposal, in_time, one

KEY_SCOPE = "rule proposal"
DECIDED = (APPROVED, REFUSED)


def template_of(token: str) -> str:
    """The latest version's text under the next number, to begin from. Raises NotFound."""
    tree = _tree(token)
    latest = {**tree["versions"][-1], "version": tree["versions"][-1]["version"] + 1}
    return _dumped(latest)


def read(token: str, text: str, at: datetime) -> Version:
    """The version that a text describes, held against the whole programme. Raises InvalidInput (`text`), NotFound."""
    tree = _tree(token)
    if len(text.encode()) > rule("running.rule_text_bytes_most"):
        raise _fault("rules_long")
    try:
        # An anchor may be repeated until nobody can hold it; no programme needs one.
        if any(isinstance(each, yaml.AliasToken) for each in yaml.scan(text, Loader=yaml.CSafeLoader)):
            raise _fault("rules_alias")
        given, lines = read_lines(text, "text")
    except GivenTwice as fault:
        raise _fault("rules_twice", line=fault.line, name=fault.key) from None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        raise _fault("rules_yaml", line=mark.line + 1 if mark else 1) from None
    except CatalogueFault:
        raise _fault("rules_mapping") from None
    if not isinstance(given, dict):
        raise _fault("rules_mapping")
    try:
        whole = Programme.model_validate({**tree, "versions": [*tree["versions"], given]})
    except ValidationError as fault:
        found = fault.errors(include_url=False)[: rule("running.rule_faults_most")]
        raise InvalidInput(faults=[_field_fault(each, lines) for each in found]) from None
    version = whole.versions[-1]
    if not in_time(version.in_force_from, at):
        raise _fault("rules_past", minutes=rule("running.release_lead_minutes"))
    if version.waiting_list is not None and version.waiting_list.rule not in waiting_lists().lists:
        raise _fault("rules_list", name=version.waiting_list.rule)
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


def reject(proposal_id: str, *, by: Actor, at: datetime, key: str, version: int | None) -> Raw:
    """Let it fall. Raises NotFound, Forbidden, StaleVersion, IllegalTransition."""
    done = PROPOSAL.perform(proposal_id, "reject", by=by, at=at, key=key, version=version)
    audit.record(by, "rules.reject", f"rule_proposal:{proposal_id}", at)
    return done


def changes(raw: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a proposal writes otherwise than the version before it: lines with `+`, `-` or a blank for those around."""
    before = [each for each in _tree(raw["programme"])["versions"] if each["version"] < raw["number"]]
    # Names sorted: in which order somebody wrote them is no difference.
    old, new = (
        _dumped(each, keys_sorted=True).splitlines()
        for each in (before[-1], yaml.load(raw["text"], Loader=yaml.CSafeLoader))
    )
    lines = list(unified_diff(old, new, n=2, lineterm=""))[2:]
    return [(each[0], each[1:]) for each in lines if not each.startswith("@@")]


def listed() -> list[Raw]:
    """All proposals without their text, the latest first; there are few."""
    return list(collection(RuleProposal).find({}, {"text": 0, "history": 0, "outbox": 0}).sort([("created_at", -1)]))


def _dumped(tree: Raw, *, keys_sorted: bool = False) -> str:
    return str(yaml.dump(tree, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=keys_sorted, width=120))


def _tree(token: str) -> Raw:
    try:
        return tree_of(token)
    except KeyError:
        raise NotFound() from None


def _decided(token: str, at: datetime) -> Iterator[Raw]:
    """Decided cases of the last months, at most so many of each county and outcome."""
    since = at - timedelta(days=rule("running.preview_days"))
    for code in catalogue().districts:
        for state in DECIDED:
            # The day is looked at here: with it in the question, no index would serve the rest.
            wanted = {"district_code": code, "programme": token, "state": state}
            found = (raw for raw in collection(Application).find(wanted) if as_utc(raw["created_at"]) >= since)
            yield from islice(found, rule("running.preview_cases_each"))


def _answers(raw: Raw) -> Raw:
    try:
        return form_of(raw)
    except DecryptionFault:
        return {}


def _field_fault(found: ErrorDetails, lines: Lines) -> FieldFault:
    """One fault in words, with its line; `versions.2.papers.0.label` stands in the text as `papers.0.label`."""
    loc = found["loc"][2:] if found["loc"][:1] == ("versions",) else found["loc"]
    stands = loc
    while stands not in lines:
        stands = stands[:-1]
    where = ".".join(map(str, loc)) or say("running.faults.whole")
    key = f"rule_faults.{found['type']}"
    values = {name: _choices(each) if name == "expected" else each for name, each in found.get("ctx", {}).items()}
    what = say(key, **values) if key in sentences() else say("rule_faults.other")
    return FieldFault(
        f"text.{where}", "rules_field", say("rule_faults.at_line", line=lines[stands], where=where, what=what)
    )


def _choices(expected: str) -> str:
    """The choices that pydantic names in English: `'a', 'b' or 'c'`."""
    return say("rule_faults.between").join(re.findall(r"'([^']*)'", expected)) or expected


def _fault(code: str, **details: Any) -> InvalidInput:
    return InvalidInput(faults=[FieldFault("text", code, say(f"running.faults.{code}", **details))])


def _without_id(proposal: RuleProposal) -> Raw:
    return {name: value for name, value in proposal.raw().items() if name != "_id"}
