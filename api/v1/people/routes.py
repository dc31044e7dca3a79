"""Residents and staff: the table of paths."""

from __future__ import annotations

from flask_restx import Namespace

from api.v1.people import households, me, proxies, saved_filters, staff, staff_notices

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
    (households.MyHousehold, "/me/household"),
    (households.MyHouseholdMembers, "/me/household/members"),
    (households.MyHouseholdMember, "/me/household/members/<string:member_id>"),
    (proxies.MyProxies, "/me/proxies"),
    (proxies.RevokeProxy, "/me/proxies/<string:authorisation_id>/revoke"),
    (proxies.MyPrincipals, "/me/principals"),
    (proxies.MyProxyRequests, "/me/principals/requests"),
    (proxies.MyProxyPapers, "/me/principals/<string:authorisation_id>/papers"),
    (proxies.GiveUpProxy, "/me/principals/<string:authorisation_id>/give-up"),
    (me.SignOutEverywhere, "/me/sign-out-everywhere"),
    (me.Consents, "/consents"),
    (staff.StaffSignIn, "/staff/auth/login"),
    (staff.StaffSignOut, "/staff/auth/logout"),
    (staff.StaffMe, "/staff/me"),
    (staff_notices.StaffNotices, "/staff/notices"),
    (staff_notices.UnreadNotices, "/staff/notices/unread"),
    (staff_notices.StaffNoticeRead, "/staff/notices/<string:notice_id>/read"),
    (saved_filters.SavedFilters, "/staff/me/saved-filters"),
    (saved_filters.RemoveSavedFilter, "/staff/me/saved-filters/<string:number>/remove"),
    (staff.StaffSessions, "/staff/me/sessions"),
    (staff.EndStaffSession, "/staff/me/sessions/<string:number>/end"),
    (staff.StaffOtp, "/staff/me/otp"),
    (staff.StaffOtpConfirmation, "/staff/me/otp/confirm"),
    (staff.StaffRecoveryCodes, "/staff/me/recovery-codes"),
    (staff.StaffPassword, "/staff/me/password"),
    (proxies.StaffPrincipals, "/staff/me/principals"),
    (proxies.StaffProxyRequests, "/staff/me/principals/requests"),
    (proxies.StaffProxyPapers, "/staff/me/principals/<string:authorisation_id>/papers"),
    (proxies.StaffGiveUpProxy, "/staff/me/principals/<string:authorisation_id>/give-up"),
    (proxies.StaffProxies, "/staff/proxies"),
    (proxies.OneStaffProxy, "/staff/proxies/<string:authorisation_id>"),
    (proxies.OneSignedPaper, "/staff/proxies/<string:authorisation_id>/papers/<string:document_id>"),
    (proxies.ConfirmProxy, "/staff/proxies/<string:authorisation_id>/confirm"),
    (proxies.RefuseProxy, "/staff/proxies/<string:authorisation_id>/refuse"),
    (proxies.StaffRevokeProxy, "/staff/proxies/<string:authorisation_id>/revoke"),
    (staff.StaffResident, "/staff/residents/<string:resident_id>"),
    (staff.StaffResidentIdentity, "/staff/residents/<string:resident_id>/identity"),
):
    namespace.add_resource(endpoint, path)
