"""Staff sign-in, the caseworker's own account, and residents as staff see them."""

from __future__ import annotations

from typing import Any

from api.access import PUBLIC, STAFF, staff
from api.endpoint import Call, Endpoint, route
from api.v1.people.presenters import staff_shown, with_labels
from api.v1.people.schemas import (
    IdentityCorrectionBody,
    OtpBeginBody,
    OtpConfirmBody,
    OtpEnrolment,
    PasswordBody,
    RecoveryCodes,
    ResidentProfile,
    SessionList,
    StaffProfile,
    StaffSignedIn,
    StaffSignInBody,
)
from models.kernel.actors import ADMINISTRATOR, COUNTY_REVIEWER, TOWNSHIP_INTAKE
from models.people import operations, queries, staff_sessions
from models.people import staff as accounts


class StaffSignIn(Endpoint):
    @route(access=PUBLIC, body=StaffSignInBody, response=StaffSignedIn, rate="sign_in")
    def post(self, call: Call) -> dict[str, Any]:
        """Sign in; a refusal never tells which part was wrong. In production nobody signs in without `otp`."""
        given = call.body
        token, stored = accounts.sign_in(
            given.username, given.password, given.otp, call.at, otp_required=call.platform.settings.production
        )
        return {"token": token.text, "expires_at": token.expires_at, "staff": staff_shown(stored)}


class StaffSignOut(Endpoint):
    @route(access=STAFF, rate="write", status=204)
    def post(self, call: Call) -> None:
        """End every token of the caseworker, on all devices."""
        accounts.sign_out(call.actor, call.at)


class StaffMe(Endpoint):
    @route(access=STAFF, response=StaffProfile)
    def get(self, call: Call) -> dict[str, Any]:
        """The caseworker's own account."""
        return staff_shown(accounts.caseworker(call.actor.id))


class StaffSessions(Endpoint):
    @route(access=STAFF, response=SessionList)
    def get(self, call: Call) -> dict[str, Any]:
        """The browsers in which the caseworker is signed in to the console, the last used first."""
        return {"items": staff_sessions.sessions_of(call.actor, call.at)}


class EndStaffSession(Endpoint):
    @route(access=STAFF, idempotent=True, rate="write", status=204)
    def post(self, call: Call) -> None:
        """End one of them; other tokens stay good."""
        staff_sessions.end_one(call.path["number"], call.actor, call.at)


class StaffOtp(Endpoint):
    @route(access=STAFF, body=OtpBeginBody, response=OtpEnrolment, idempotent=True, status=201, rate="sign_in")
    def post(self, call: Call) -> dict[str, str]:
        """A new second factor; it is in force once confirmed with a code."""
        return accounts.begin_otp(call.actor, call.body.password, call.body.otp, call.at)


class StaffOtpConfirmation(Endpoint):
    @route(access=STAFF, body=OtpConfirmBody, idempotent=True, rate="sign_in", status=204)
    def post(self, call: Call) -> None:
        """Put the new second factor in force."""
        accounts.confirm_otp(call.actor, call.body.otp, call.at)


class StaffRecoveryCodes(Endpoint):
    @route(access=STAFF, body=OtpBeginBody, response=RecoveryCodes, idempotent=True, status=201, rate="sign_in")
    def post(self, call: Call) -> dict[str, list[str]]:
        """Fresh recovery codes for a lost phone; earlier ones are void."""
        return {"codes": accounts.renew_recovery_codes(call.actor, call.body.password, call.body.otp, call.at)}


class StaffPassword(Endpoint):
    @route(access=STAFF, body=PasswordBody, idempotent=True, rate="sign_in", status=204)
    def post(self, call: Call) -> None:
        """Another password; every token ends, this one too."""
        given = call.body
        accounts.change_password(call.actor, given.current_password, given.new_password, given.otp, call.at)


class StaffResident(Endpoint):
    @route(access=staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER, ADMINISTRATOR), response=ResidentProfile)
    def get(self, call: Call) -> dict[str, Any]:
        """A resident of the caseworker's place, all masked. The look is recorded."""
        return with_labels(queries.look_at_resident(call.path["resident_id"], call.actor, call.at))


class StaffResidentIdentity(Endpoint):
    @route(access=staff(COUNTY_REVIEWER, ADMINISTRATOR), body=IdentityCorrectionBody, response=ResidentProfile,
           rate="write")  # fmt: skip
    def put(self, call: Call) -> dict[str, Any]:
        """Correct a resident's real name or ID number from the document. Recorded with the reason."""
        given = call.body
        stored = operations.correct_identity(
            call.path["resident_id"], given.name, given.id_number, given.id_kind,
            by=call.actor, at=call.at, reason=given.reason,
        )  # fmt: skip
        return with_labels(queries.masked_profile(stored))
