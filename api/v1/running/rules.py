"""Programmes' versions, and proposals of new ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.running.schemas import (
    RuleList,
    RuleProposalBody,
    RuleProposalView,
    RuleStepBody,
    RuleTextBody,
    RuleTrial,
    RuleWithdrawBody,
)
from config.programmes import Programme, catalogue_programmes, programmes
from config.text import label
from models.kernel.clock import as_utc, day_of
from models.kernel.lifecycle import Raw, note_of
from models.running import rule_documents, rule_proposals, rule_releases
from models.running.postings import city_runner

KEEPERS = staff(*rule_documents.RULE_ROLES)


class Rules(Endpoint):
    @route(access=KEEPERS, response=RuleList)
    def get(self, call: Call) -> dict[str, Any]:
        """Every programme's versions with their sources, and the proposals, the latest first."""
        city_runner(call.actor)
        return {
            "programmes": [_programme(each, call) for each in programmes().values()],
            "proposals": [_proposal(each, call) for each in rule_proposals.listed()],
        }

    @route(access=KEEPERS, body=RuleProposalBody, response=RuleProposalView, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Propose a version; it does nothing before a second person has released it."""
        city_runner(call.actor)
        body = call.body
        made = rule_proposals.propose(
            body.programme, body.text, body.reason, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )  # fmt: skip
        return _proposal(made, call)


class TryRules(Endpoint):
    @route(access=KEEPERS, body=RuleTextBody, response=RuleTrial, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """How decided cases of the last months would come out under a text; nothing is kept."""
        city_runner(call.actor)
        version = rule_proposals.read(call.body.programme, call.body.text, call.at)
        return {
            "programme": call.body.programme, "number": version.version,
            "in_force_from": version.in_force_from.isoformat(),
            "preview": rule_proposals.try_on_cases(call.body.programme, version, call.at),
            "labels": {each.token: each.label for each in version.eligibility},
        }  # fmt: skip


class OneProposal(Endpoint):
    @route(access=KEEPERS, response=RuleProposalView)
    def get(self, call: Call) -> dict[str, Any]:
        """One proposal with its text."""
        city_runner(call.actor)
        return _proposal(rule_documents.one(call.path["proposal_id"]), call)


class ApproveRules(Endpoint):
    @route(access=KEEPERS, body=RuleStepBody, response=RuleProposalView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Release it, as somebody else than who wrote it: it holds from its day on, in every process."""
        return _step(call, rule_releases.release)


class RejectRules(Endpoint):
    @route(access=KEEPERS, body=RuleStepBody, response=RuleProposalView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Let it fall."""
        return _step(call, rule_proposals.reject)


class WithdrawRules(Endpoint):
    @route(access=KEEPERS, body=RuleWithdrawBody, response=RuleProposalView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Take a released version back before its day."""
        return _step(call, partial(rule_releases.withdraw, reason=call.body.reason))


def _step(call: Call, operation: Callable[..., Raw]) -> dict[str, Any]:
    city_runner(call.actor)
    done = operation(
        call.path["proposal_id"], by=call.actor, at=call.at, key=call.idempotency_id or "", version=call.body.version
    )
    return _proposal(done, call)


def _programme(programme: Programme, call: Call) -> dict[str, Any]:
    holds, of_file = programme.in_force(day_of(call.at)), catalogue_programmes()[programme.token].versions
    return {
        "programme": programme.token, "label": programme.label, "template": rule_proposals.template_of(programme.token),
        "versions": [
            {"version": each.version, "in_force_from": each.in_force_from.isoformat(), "source": each.source,
             "papers": len(each.papers), "rules": len(each.eligibility), "overrides": len(each.overrides),
             "in_force": each is holds, "coming": each.in_force_from > day_of(call.at),
             "released": each not in of_file}
            for each in programme.versions
        ],
    }  # fmt: skip


def _proposal(raw: Raw, call: Call) -> dict[str, Any]:
    by = call.actor
    actions = rule_documents.PROPOSAL.actions_for(raw, by) if "history" in raw else []
    if not rule_documents.may_be_withdrawn(raw, call.at):
        actions = [each for each in actions if each != "withdraw"]
    same = ("programme", "number", "in_force_from", "reason", "state", "version")
    return {
        "id": raw["_id"], **{name: raw[name] for name in same}, "created_at": as_utc(raw["created_at"]),
        "programme_label": programmes()[raw["programme"]].label, "by_me": raw["author"] == by.id,
        "preview": raw["preview"], "actions": actions, "text": raw.get("text"),
        "changes": rule_proposals.changes(raw) if raw.get("text") else [],
        "steps": [
            {"label": label("running.rule_step", each["action"]), "at": as_utc(each["at"]), "note": note_of(each)}
            for each in raw.get("history", ())
        ],
    }  # fmt: skip


PROPOSAL = "/staff/programme-rules/<string:proposal_id>"
RULE_ROUTES: tuple[tuple[type[Endpoint], str], ...] = (
    (Rules, "/staff/programme-rules"),
    (TryRules, "/staff/programme-rules/trials"),
    (OneProposal, PROPOSAL),
    (ApproveRules, f"{PROPOSAL}/approve"),
    (RejectRules, f"{PROPOSAL}/reject"),
    (WithdrawRules, f"{PROPOSAL}/withdraw"),
)
