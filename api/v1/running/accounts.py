"""Accounts of staff, for administrators."""

from __future__ import annotations

from typing import Any

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.running.schemas import (
    AccountMade,
    AccountPage,
    AccountsQuery,
    AccountStepBody,
    AccountView,
    ChangePostingBody,
    NewAccountBody,
)
from models.kernel.actors import ADMINISTRATOR
from models.kernel.lifecycle import Raw
from models.running import postings
from models.running.postings import city_runner

KEEPERS = staff(ADMINISTRATOR)


class Accounts(Endpoint):
    @route(access=KEEPERS, query=AccountsQuery, response=AccountPage)
    def get(self, call: Call) -> dict[str, Any]:
        """Accounts by user name."""
        asked = call.query
        city_runner(call.actor)
        page = postings.listed(
            role=asked.role, district_code=asked.district_code, name=asked.name, cursor=asked.cursor
        )  # fmt: skip
        return {"items": page.items, "next": page.next}

    @route(access=KEEPERS, body=NewAccountBody, response=AccountMade, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Make one, with a first password and a second factor that are told once."""
        city_runner(call.actor)
        body = call.body
        return _made(*postings.create(
            body.username, body.display_name, body.roles, district_code=body.district_code,
            township_ids=body.township_ids, by=call.actor, at=call.at, key=call.idempotency_id or "",
        ))  # fmt: skip


class OneAccount(Endpoint):
    @route(access=KEEPERS, response=AccountView)
    def get(self, call: Call) -> dict[str, Any]:
        """One account."""
        city_runner(call.actor)
        return postings.one(call.path["account_id"])


class Posting(Endpoint):
    @route(access=KEEPERS, body=ChangePostingBody, response=AccountView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Other roles or another place; where two must agree, another administrator is asked."""
        city_runner(call.actor)
        body = call.body
        return postings.change(
            call.path["account_id"], body.roles, district_code=body.district_code, township_ids=body.township_ids,
            version=body.version, by=call.actor, at=call.at,
        )  # fmt: skip


class ConfirmPosting(Endpoint):
    @route(access=KEEPERS, body=AccountStepBody, response=AccountView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Put in force what another administrator asked for."""
        city_runner(call.actor)
        return postings.confirm(call.path["account_id"], version=call.body.version, by=call.actor, at=call.at)


class DeclinePosting(Endpoint):
    @route(access=KEEPERS, body=AccountStepBody, response=AccountView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Let what was asked for fall."""
        city_runner(call.actor)
        return postings.decline(call.path["account_id"], version=call.body.version, by=call.actor, at=call.at)


class Disable(Endpoint):
    @route(access=KEEPERS, response=AccountView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Close an account; its sign-ins end at once."""
        city_runner(call.actor)
        return postings.disable(call.path["account_id"], call.actor, call.at)


class Reset(Endpoint):
    @route(access=KEEPERS, response=AccountMade, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """A new password and second factor, told once; a closed account is open again."""
        city_runner(call.actor)
        return _made(*postings.reset(call.path["account_id"], call.actor, call.at))


def _made(account: Raw, password: str, uri: str | None) -> dict[str, Any]:
    return {"id": account["id"], "account": account, "password": password, "enrolment_uri": uri}


ONE = "/staff/accounts/<string:account_id>"
ACCOUNT_ROUTES: tuple[tuple[type[Endpoint], str], ...] = (
    (Accounts, "/staff/accounts"),
    (OneAccount, ONE),
    (Posting, f"{ONE}/posting"),
    (ConfirmPosting, f"{ONE}/posting/confirm"),
    (DeclinePosting, f"{ONE}/posting/decline"),
    (Disable, f"{ONE}/disable"),
    (Reset, f"{ONE}/reset"),
)
