"""Residents and staff: the table of paths."""

from __future__ import annotations

from flask_restx import Namespace

from api.v1.people import me, staff

namespace = Namespace("people")

for endpoint, path in (
    (me.WechatSignIn, "/auth/wechat"),
    (me.Me, "/me"),
    (me.MyExport, "/me/export"),
    (me.MyIdentity, "/me/identity"),
    (me.MyPhone, "/me/phone"),
    (me.MyConsents, "/me/consents"),
    (me.MyChildren, "/me/children"),
    (me.MyChild, "/me/children/<string:child_id>"),
    (me.MyMessages, "/me/messages"),
    (me.MyMessageRead, "/me/messages/<string:message_id>/read"),
    (me.SignOutEverywhere, "/me/sign-out-everywhere"),
    (me.Consents, "/consents"),
    (staff.StaffSignIn, "/staff/auth/login"),
    (staff.StaffSignOut, "/staff/auth/logout"),
    (staff.StaffMe, "/staff/me"),
    (staff.StaffOtp, "/staff/me/otp"),
    (staff.StaffOtpConfirmation, "/staff/me/otp/confirm"),
    (staff.StaffPassword, "/staff/me/password"),
    (staff.StaffResident, "/staff/residents/<string:resident_id>"),
    (staff.StaffResidentIdentity, "/staff/residents/<string:resident_id>/identity"),
):
    namespace.add_resource(endpoint, path)
