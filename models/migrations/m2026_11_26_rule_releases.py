"""Approvals of rules, which did nothing without a catalogue's file, wait again for a second person's release."""

from __future__ import annotations

from datetime import datetime

from models.kernel.actors import SYSTEM
from models.kernel.database import collection
from models.kernel.lifecycle import history_entry
from models.running.rule_documents import PROPOSED, RELEASED, RuleProposal


def run(at: datetime) -> str:
    """Ask anew for every approval that released nothing."""
    waiting = {"state": RELEASED, "released": {"$exists": False}}
    asked = collection(RuleProposal).update_many(
        waiting,
        {
            "$set": {"state": PROPOSED, "updated_at": at},
            "$inc": {"version": 1},
            "$push": {"history": history_entry("ask_again", RELEASED, PROPOSED, SYSTEM, at)},
        },
    )
    return f"{asked.modified_count} approvals to be given again"
