"""Programmes' versions, and proposals of new ones."""

from __future__ import annotations

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
)
from config.programmes import Programme, programmes
from models.kernel.actors import Actor
from models.kernel.clock import as_utc, day_of
from models.kernel.lifecycle import Raw
from models.running import rule_proposals
from models.running.postings import city_runner

KEEPERS = staff(*rule_proposals.RULE_ROLES)


class Rules(Endpoint):
    @route(access=KEEPERS, response=RuleList)
    def get(self, call: Call) -> dict[str, Any]:
        """Every programme's versions with their sources, and the proposals, the latest first."""
        city_runner(call.actor)
        return {
            "programmes": [_programme(each, call) for each in programmes().values()],
            "proposals": [_proposal(each, call.actor) for each in rule_proposals.listed()],
        }

    @route(access=KEEPERS, body=RuleProposalBody, response=RuleProposalView, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Propose a version; it does nothing before a second person has approved it and the catalogue holds it."""
        city_runner(call.actor)
        body = call.body
        made = rule_proposals.propose(
            body.programme, body.text, body.reason, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )  # fmt: skip
        return _proposal(made, call.actor)


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
        return _proposal(rule_proposals.one(call.path["proposal_id"]), call.actor)


class ApproveRules(Endpoint):
    @route(access=KEEPERS, body=RuleStepBody, response=RuleProposalView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Approve it, as somebody else than who wrote it."""
        return _step(call, "approve")


class RejectRules(Endpoint):
    @route(access=KEEPERS, body=RuleStepBody, response=RuleProposalView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Let it fall."""
        return _step(call, "reject")


def _step(call: Call, action: str) -> dict[str, Any]:
    city_runner(call.actor)
    done = rule_proposals.step(
        call.path["proposal_id"], action, by=call.actor, at=call.at, key=call.idempotency_id or "",
        version=call.body.version,
    )  # fmt: skip
    return _proposal(done, call.actor)


def _programme(programme: Programme, call: Call) -> dict[str, Any]:
    holds = programme.in_force(day_of(call.at))
    return {
        "programme": programme.token, "label": programme.label, "template": rule_proposals.template_of(programme.token),
        "versions": [
            {"version": each.version, "in_force_from": each.in_force_from.isoformat(), "source": each.source,
             "papers": len(each.papers), "rules": len(each.eligibility), "overrides": len(each.overrides),
             "in_force": each is holds}
            for each in programme.versions
        ],
    }  # fmt: skip


def _proposal(raw: Raw, by: Actor) -> dict[str, Any]:
    same = ("programme", "number", "in_force_from", "reason", "state", "version")
    return {
        "id": raw["_id"], **{name: raw[name] for name in same}, "created_at": as_utc(raw["created_at"]),
        "programme_label": programmes()[raw["programme"]].label, "by_me": raw["author"] == by.id,
        "in_catalogue": rule_proposals.is_in_catalogue(raw), "preview": raw["preview"],
        "actions": rule_proposals.PROPOSAL.actions_for(raw, by) if "history" in raw else [], "text": raw.get("text"),
    }  # fmt: skip


PROPOSAL = "/staff/programme-rules/<string:proposal_id>"
RULE_ROUTES: tuple[tuple[type[Endpoint], str], ...] = (
    (Rules, "/staff/programme-rules"),
    (TryRules, "/staff/programme-rules/trials"),
    (OneProposal, PROPOSAL),
    (ApproveRules, f"{PROPOSAL}/approve"),
    (RejectRules, f"{PROPOSAL}/reject"),
)
