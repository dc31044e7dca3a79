"""For administrators and the city's supervisors: jobs, messages, the audit trail, accounts, rules to come, texts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_restx import Namespace

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.running import rules
from api.v1.running.accounts import ACCOUNT_ROUTES
from api.v1.running.schemas import (
    ChainBody,
    ChainCheck,
    CursorQuery,
    HealthView,
    JobList,
    JobRunPage,
    KeyList,
    MessageOutPage,
    MessageOutView,
    MessagesOutQuery,
    TextPage,
    TextsQuery,
    TrailPage,
    TrailQuery,
)
from config.text import label
from models.kernel import audit
from models.kernel.actors import ADMINISTRATOR, SUPERVISOR
from models.kernel.clock import at_local
from models.kernel.errors import Conflict
from models.running import overview, text_uses, trail
from models.running.postings import city_runner

namespace = Namespace("running", description="How the product runs: for administrators and the city's supervisors.")
RUNNERS = staff(ADMINISTRATOR, SUPERVISOR)


class Jobs(Endpoint):
    @route(access=RUNNERS, response=JobList)
    def get(self, call: Call) -> dict[str, Any]:
        """Every job with its latest run and its latest failure."""
        city_runner(call.actor)
        return {"items": [{**each, "label": label("jobs.job", each["job"])} for each in overview.jobs(call.at)]}


class JobRuns(Endpoint):
    @route(access=RUNNERS, query=CursorQuery, response=JobRunPage)
    def get(self, call: Call) -> dict[str, Any]:
        """One job's runs, the latest first."""
        city_runner(call.actor)
        page = overview.runs(call.path["job"], call.query.cursor, call.at)
        return {"items": page.items, "next": page.next}


class Outbox(Endpoint):
    @route(access=RUNNERS, query=MessagesOutQuery, response=MessageOutPage)
    def get(self, call: Call) -> dict[str, Any]:
        """Messages in a state, without their contents, and how many are stuck."""
        city_runner(call.actor)
        page = overview.messages(call.query.state, call.query.cursor)
        return {"items": page.items, "next": page.next, "counts": overview.message_counts(call.at)}


class RetryMessage(Endpoint):
    @route(access=RUNNERS, response=MessageOutView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Send a stuck message again, at a person's word."""
        city_runner(call.actor)
        if not overview.retry(call.path["key"], call.at):
            raise Conflict("message_not_stuck")
        audit.record(call.actor, "outbox.retried", f"outbox:{call.path['key']}", call.at)
        return overview.message(call.path["key"])


class Health(Endpoint):
    @route(access=RUNNERS, response=HealthView)
    def get(self, call: Call) -> dict[str, Any]:
        """Database, migrations, jobs, messages, backups, and the latest look for faults."""
        city_runner(call.actor)
        return overview.health(call.platform.settings.backups, call.at)


class Keys(Endpoint):
    @route(access=RUNNERS, response=KeyList)
    def get(self, call: Call) -> dict[str, Any]:
        """The key in use, and of a sample of values which keys they are under."""
        city_runner(call.actor)
        return overview.keys(call.at)


class Texts(Endpoint):
    @route(access=RUNNERS, query=TextsQuery, response=TextPage)
    def get(self, call: Call) -> dict[str, Any]:
        """Sentences that people read, with the files that say them."""
        page = text_uses.listed(call.query.text, call.query.cursor)
        return {"items": page.items, "next": page.next}


class Trail(Endpoint):
    @route(access=RUNNERS, query=TrailQuery, response=TrailPage)
    def get(self, call: Call) -> dict[str, Any]:
        """The audit trail of one's county, or of all; every search is recorded itself."""
        asked = call.query
        first = at_local(asked.first, 0, 0) if asked.first else None
        until = at_local(asked.last + timedelta(days=1), 0, 0) if asked.last else None
        page = trail.search(
            call.actor, chain=asked.chain, subject=asked.subject, staff=asked.staff, action=asked.action, first=first,
            until=until, cursor=asked.cursor, at=call.at,
        )  # fmt: skip
        # What was looked for is told by kind: a subject's id, an account, never a text that somebody typed.
        looked = {"by": "subject" if asked.subject else "staff" if asked.staff else "chain"}
        audit.record(call.actor, "audit.searched", "audit:trail", call.at, detail=looked)
        return {"items": page.items, "next": page.next, "chains": trail.chains_of(call.actor)}


class CheckChain(Endpoint):
    @route(access=RUNNERS, body=ChainBody, response=ChainCheck, rate="write", idempotent=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Compare the last entries of a chain with their hashes and with its seal."""
        found = trail.check(call.actor, call.body.chain)
        audit.record(call.actor, "audit.checked", f"audit:{call.body.chain}", call.at)
        return found


namespace.add_resource(Jobs, "/staff/running/jobs")
namespace.add_resource(JobRuns, "/staff/running/jobs/<string:job>/runs")
namespace.add_resource(Outbox, "/staff/running/outbox")
namespace.add_resource(RetryMessage, "/staff/running/outbox/<path:key>/retry")
namespace.add_resource(Health, "/staff/running/health")
namespace.add_resource(Keys, "/staff/running/keys")
namespace.add_resource(Texts, "/staff/running/texts")
namespace.add_resource(Trail, "/staff/audit")
namespace.add_resource(CheckChain, "/staff/audit/check")
for resource, path in (*ACCOUNT_ROUTES, *rules.RULE_ROUTES):
    namespace.add_resource(resource, path)
