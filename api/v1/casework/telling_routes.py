"""The addresses of public notices, objections, calls, checks by other departments, and alerts."""

from __future__ import annotations

from flask_restx import Namespace

import models.casework.notice_retention  # noqa: F401  makes its part of copies and erasures known
from api.v1.casework import alerts, checks, notices, phone_tasks

NOTICE = "/public-notices/<string:notice_id>"
OBJECTION = "/objections/<string:objection_id>"
TASK = "/staff/phone-tasks/<string:task_id>"
BATCH = "/staff/check-batches/<string:batch_id>"

ROUTES = (
    (notices.Notices, "/public-notices"),
    (notices.OneNotice, NOTICE),
    (notices.Object, f"{NOTICE}/objections"),
    (notices.Objections, "/objections"),
    (notices.OneObjection, OBJECTION),
    (notices.ObjectionRead, f"{OBJECTION}/read"),
    (notices.Evidence, f"{OBJECTION}/evidence"),
    (notices.OneEvidence, f"{OBJECTION}/evidence/<string:document_id>"),
    (notices.WithdrawObjection, f"{OBJECTION}/withdraw"),
    (notices.StaffObjections, "/staff/objections"),
    (notices.OneStaffObjection, f"/staff{OBJECTION}"),
    (notices.OneStaffEvidence, f"/staff{OBJECTION}/evidence/<string:document_id>"),
    (notices.Ruling, f"/staff{OBJECTION}/ruling"),
    (phone_tasks.PhoneTasks, "/staff/phone-tasks"),
    (phone_tasks.OnePhoneTask, TASK),
    (phone_tasks.TakePhoneTask, f"{TASK}/take"),
    (phone_tasks.GiveBackPhoneTask, f"{TASK}/give-back"),
    (phone_tasks.ReachedPhoneTask, f"{TASK}/reached"),
    (phone_tasks.NoAnswerPhoneTask, f"{TASK}/no-answer"),
    (checks.Checks, "/staff/checks"),
    (checks.CheckBatches, "/staff/check-batches"),
    (checks.OneCheckBatch, BATCH),
    (checks.CheckBatchFile, f"{BATCH}/file"),
    (checks.CheckBatchResults, f"{BATCH}/results"),
    (checks.CloseCheckBatch, f"{BATCH}/close"),
    (alerts.MyAlerts, "/me/alerts"),
)


def add_routes(namespace: Namespace) -> None:
    """Add them to the domain's namespace."""
    for endpoint, path in ROUTES:
        namespace.add_resource(endpoint, path)
