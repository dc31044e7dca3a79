"""Visits to old people in special difficulty: for families, visitors, and the staff of the register."""

from __future__ import annotations

from flask_restx import Namespace

import models.eldercare.erasing  # noqa: F401  makes its part of copies and erasures known
from api.v1.eldercare import (
    campaigns,
    concerns,
    families,
    lists,
    month_board,
    plan,
    rates,
    referrals,
    reporting,
    staff,
    substitutes,
    visitor_day,
    visitors,
    waits,
)

namespace = Namespace("eldercare", description="The register of old people in special difficulty, and visits to them.")

namespace.add_resource(families.Elders, "/elders")
namespace.add_resource(families.EndLink, "/elders/<string:link_id>/end")
namespace.add_resource(waits.AskedOfMe, "/elders/asked-of-me")
namespace.add_resource(waits.ConfirmAsked, "/elders/<string:link_id>/confirm")
namespace.add_resource(waits.RefuseAsked, "/elders/<string:link_id>/refuse")
namespace.add_resource(waits.VisitWishes, "/visit-wishes")
namespace.add_resource(waits.VisitWaits, "/visit-waits")
namespace.add_resource(waits.OneVisitWait, "/visit-waits/<string:wait_id>")
namespace.add_resource(waits.TakeOffer, "/visit-waits/<string:wait_id>/book")
namespace.add_resource(waits.DeclineHeldPlace, "/visit-waits/<string:wait_id>/decline")
namespace.add_resource(waits.WithdrawWait, "/visit-waits/<string:wait_id>/withdraw")
namespace.add_resource(visitor_day.VisitCalendar, "/visit-calendars/<string:token>")
namespace.add_resource(families.VisitSlots, "/visit-slots")
namespace.add_resource(families.Visits, "/visits")
namespace.add_resource(families.OneVisit, "/visits/<string:visit_id>")
namespace.add_resource(families.CancelVisit, "/visits/<string:visit_id>/cancel")
namespace.add_resource(families.RescheduleVisit, "/visits/<string:visit_id>/reschedule")
namespace.add_resource(staff.StaffElders, "/staff/elders")
namespace.add_resource(staff.OneStaffElder, "/staff/elders/<string:elder_id>")
namespace.add_resource(staff.ConfirmLink, "/staff/elders/<string:elder_id>/confirm-link")
namespace.add_resource(staff.EndPeriod, "/staff/elders/<string:elder_id>/end-period")
namespace.add_resource(staff.BeginPeriod, "/staff/elders/<string:elder_id>/begin-period")
namespace.add_resource(month_board.ElderVisits, "/staff/elders/<string:elder_id>/visits")
namespace.add_resource(lists.TransferElder, "/staff/elders/<string:elder_id>/transfer")
namespace.add_resource(lists.ElderLists, "/staff/elder-lists")
namespace.add_resource(lists.ElderListTrials, "/staff/elder-lists/trial")
namespace.add_resource(lists.ElderChoices, "/staff/elder-choices")
namespace.add_resource(lists.OneElderChoice, "/staff/elder-choices/<string:choice_id>")
namespace.add_resource(lists.DecideElderChoice, "/staff/elder-choices/<string:choice_id>/decide")
namespace.add_resource(staff.StaffLinks, "/staff/elder-links")
namespace.add_resource(staff.OneStaffLink, "/staff/elder-links/<string:link_id>")
namespace.add_resource(staff.RefuseLink, "/staff/elder-links/<string:link_id>/refuse")
namespace.add_resource(staff.EndStaffLink, "/staff/elder-links/<string:link_id>/end")
namespace.add_resource(staff.CorrectPeriod, "/staff/elders/<string:elder_id>/correct-period")
namespace.add_resource(rates.VisitRate, "/staff/visit-rate")
namespace.add_resource(rates.VisitRateAreas, "/staff/visit-rate/areas")
namespace.add_resource(rates.VisitRateRevisions, "/staff/visit-rate/revisions")
namespace.add_resource(rates.VisitRateChanges, "/staff/visit-rate/changes")
namespace.add_resource(rates.VisitRatePeople, "/staff/visit-rate/people")
namespace.add_resource(reporting.VisitChecklist, "/staff/visit-checklist")
namespace.add_resource(reporting.VisitUploads, "/staff/visit-uploads")
namespace.add_resource(reporting.VisitConflicts, "/staff/visit-conflicts")
namespace.add_resource(reporting.ArriveVisit, "/staff/visits/<string:visit_id>/arrive")
namespace.add_resource(reporting.CorrectVisit, "/staff/visits/<string:visit_id>/correct")
namespace.add_resource(referrals.Referrals, "/staff/referrals")
namespace.add_resource(referrals.OneReferral, "/staff/referrals/<string:referral_id>")
namespace.add_resource(referrals.TakeReferral, "/staff/referrals/<string:referral_id>/take")
namespace.add_resource(referrals.GiveBackReferral, "/staff/referrals/<string:referral_id>/give-back")
namespace.add_resource(referrals.FinishReferral, "/staff/referrals/<string:referral_id>/finish")
namespace.add_resource(referrals.DeclineReferral, "/staff/referrals/<string:referral_id>/decline")
namespace.add_resource(referrals.Proposals, "/staff/register-proposals")
namespace.add_resource(referrals.AcceptProposal, "/staff/register-proposals/<string:proposal_id>/accept")
namespace.add_resource(referrals.DismissProposal, "/staff/register-proposals/<string:proposal_id>/dismiss")
namespace.add_resource(visitors.StaffSlots, "/staff/visit-slots")
namespace.add_resource(visitor_day.CloseSlot, "/staff/visit-slots/<string:slot_id>/close")
namespace.add_resource(visitor_day.VisitorSlotList, "/staff/visitor-slots")
namespace.add_resource(visitor_day.VisitorHours, "/staff/visitor-hours")
namespace.add_resource(visitor_day.VisitorDay, "/staff/visitor-day")
namespace.add_resource(visitor_day.PeopleFound, "/staff/visit-people")
namespace.add_resource(visitor_day.PersonAsStop, "/staff/visit-people/<string:elder_id>")
namespace.add_resource(visitor_day.MyVisitCalendar, "/staff/visit-calendar")
namespace.add_resource(visitor_day.RevokeVisitCalendar, "/staff/visit-calendar/revoke")
namespace.add_resource(visitor_day.VolunteerHours, "/staff/volunteer-hours")
namespace.add_resource(visitor_day.VolunteerHoursExport, "/staff/volunteer-hours/export")
namespace.add_resource(visitors.StaffVisits, "/staff/visits")
namespace.add_resource(visitors.OneStaffVisit, "/staff/visits/<string:visit_id>")
namespace.add_resource(visitors.StartVisit, "/staff/visits/<string:visit_id>/start")
namespace.add_resource(visitors.UndoVisit, "/staff/visits/<string:visit_id>/undo")
namespace.add_resource(visitors.CompleteVisit, "/staff/visits/<string:visit_id>/complete")
namespace.add_resource(visitors.CancelStaffVisit, "/staff/visits/<string:visit_id>/cancel")
namespace.add_resource(plan.VisitPlan, "/staff/visit-plan")
namespace.add_resource(month_board.VisitLoad, "/staff/visit-plan/load")
namespace.add_resource(month_board.Visitors, "/staff/visitors")
namespace.add_resource(month_board.StaffWaits, "/staff/visit-waits")
namespace.add_resource(plan.UncoveredVisits, "/staff/visit-plan/uncovered")
namespace.add_resource(plan.VisitorAbsences, "/staff/visitor-absences")
namespace.add_resource(plan.WithdrawAbsence, "/staff/visitor-absences/<string:absence_id>/withdraw")
namespace.add_resource(concerns.Concerns, "/staff/concerns")
namespace.add_resource(concerns.OneConcern, "/staff/concerns/<string:concern_id>")
namespace.add_resource(concerns.AcknowledgeConcern, "/staff/concerns/<string:concern_id>/acknowledge")
namespace.add_resource(concerns.ReportConcern, "/staff/concerns/<string:concern_id>/report")
namespace.add_resource(concerns.ResolveConcern, "/staff/concerns/<string:concern_id>/resolve")
namespace.add_resource(concerns.ReopenConcern, "/staff/concerns/<string:concern_id>/reopen")
namespace.add_resource(campaigns.Campaigns, "/staff/campaigns")
namespace.add_resource(campaigns.CampaignTrial, "/staff/campaigns/trial")
namespace.add_resource(campaigns.OneCampaign, "/staff/campaigns/<string:campaign_id>")
namespace.add_resource(campaigns.CampaignVisits, "/staff/campaigns/<string:campaign_id>/visits")
namespace.add_resource(campaigns.EndCampaign, "/staff/campaigns/<string:campaign_id>/end")
namespace.add_resource(campaigns.CallOffCampaign, "/staff/campaigns/<string:campaign_id>/call-off")
namespace.add_resource(substitutes.SubstituteProposals, "/staff/visitor-absences/<string:absence_id>/substitutes")
namespace.add_resource(substitutes.SubstituteHandOver, "/staff/visitor-absences/<string:absence_id>/hand-over")
