"""Waiting lists and lottery draws."""

from __future__ import annotations

from flask_restx import Namespace

import models.housing.erasing
import models.housing.tenancy_erasing  # noqa: F401
from api.v1.housing import draws, estates, households, tenancies, waiting

namespace = Namespace("housing", description="Waiting lists, and lottery draws that anyone can verify.")

namespace.add_resource(draws.LotteryDraws, "/lottery-draws")
namespace.add_resource(draws.OneLotteryDraw, "/lottery-draws/<string:draw_id>")
namespace.add_resource(draws.LotteryDrawCheck, "/lottery-draws/<string:draw_id>/check")
namespace.add_resource(draws.StaffLotteryDraws, "/staff/lottery-draws")
namespace.add_resource(draws.OneStaffDraw, "/staff/lottery-draws/<string:draw_id>")
namespace.add_resource(draws.CheckDraw, "/staff/lottery-draws/<string:draw_id>/check")
namespace.add_resource(draws.SeedSources, "/staff/seed-sources")
namespace.add_resource(draws.EnterSeed, "/staff/lottery-draws/<string:draw_id>/seed")
namespace.add_resource(draws.CorrectSeed, "/staff/lottery-draws/<string:draw_id>/correct-seed")
namespace.add_resource(draws.RunDraw, "/staff/lottery-draws/<string:draw_id>/run")
namespace.add_resource(draws.PublishDraw, "/staff/lottery-draws/<string:draw_id>/publish")
namespace.add_resource(draws.VoidDraw, "/staff/lottery-draws/<string:draw_id>/void")
namespace.add_resource(waiting.WaitingLists, "/waiting-lists")
namespace.add_resource(waiting.StaffWaitingLists, "/staff/waiting-lists")
namespace.add_resource(waiting.StaffListEntries, "/staff/waiting-lists/<string:list_key>/entries")
namespace.add_resource(waiting.OneWaitingEntry, "/staff/waiting-entries/<string:entry_id>")
namespace.add_resource(waiting.MoveEntry, "/staff/waiting-entries/<string:entry_id>/move")
namespace.add_resource(waiting.PauseEntry, "/staff/waiting-entries/<string:entry_id>/pause")
namespace.add_resource(waiting.ResumeEntry, "/staff/waiting-entries/<string:entry_id>/resume")
namespace.add_resource(waiting.RecheckEntry, "/staff/waiting-entries/<string:entry_id>/recheck")
namespace.add_resource(waiting.EndEntry, "/staff/waiting-entries/<string:entry_id>/end")
namespace.add_resource(waiting.RestoreEntry, "/staff/waiting-entries/<string:entry_id>/restore")

TENANCY = "/tenancies/<string:tenancy_id>"
STAFF_TENANCY = f"/staff{TENANCY}"
WAITING_PLACE = "/applications/<string:application_id>/waiting-place"

namespace.add_resource(tenancies.WaitingPlace, WAITING_PLACE)
namespace.add_resource(tenancies.PauseWaiting, f"{WAITING_PLACE}/pause")
namespace.add_resource(tenancies.ResumeWaiting, f"{WAITING_PLACE}/resume")
namespace.add_resource(tenancies.MyDrawEntry, "/applications/<string:application_id>/lottery-draws/<string:draw_id>")
namespace.add_resource(tenancies.Tenancies, "/tenancies")
namespace.add_resource(tenancies.OneTenancy, TENANCY)
namespace.add_resource(tenancies.FlatChoices, f"{TENANCY}/flats")
namespace.add_resource(tenancies.ChooseFlat, f"{TENANCY}/choose")
namespace.add_resource(tenancies.ConfirmChoice, f"{TENANCY}/confirm-choice")
namespace.add_resource(tenancies.SignLease, f"{TENANCY}/sign")
namespace.add_resource(tenancies.ChooseSubsidy, f"{TENANCY}/choose-subsidy")
namespace.add_resource(tenancies.RentPayer, f"{TENANCY}/payer")
namespace.add_resource(tenancies.RentLedger, f"{TENANCY}/rent")
namespace.add_resource(tenancies.GiveNotice, f"{TENANCY}/give-notice")
namespace.add_resource(estates.Estates, "/staff/estates")
namespace.add_resource(estates.ImportFlats, "/staff/estates/import")
namespace.add_resource(estates.EstateFlats, "/staff/estates/<string:estate_id>/flats")
namespace.add_resource(estates.FlatUse, "/staff/flats/<string:flat_id>/use")
namespace.add_resource(estates.Batches, "/staff/flat-batches")
namespace.add_resource(households.OneBatch, "/staff/flat-batches/<string:batch_id>")
namespace.add_resource(households.Arrears, "/staff/rent-arrears")
namespace.add_resource(households.LedgerFile, f"{STAFF_TENANCY}/rent/file")
namespace.add_resource(estates.CloseBatch, "/staff/flat-batches/<string:batch_id>/close")
namespace.add_resource(estates.StaffTenancies, "/staff/tenancies")
namespace.add_resource(estates.OneStaffTenancy, STAFF_TENANCY)
namespace.add_resource(estates.StaffRentLedger, f"{STAFF_TENANCY}/rent")
namespace.add_resource(estates.HandOver, f"{STAFF_TENANCY}/hand-over")
namespace.add_resource(estates.RenewLease, f"{STAFF_TENANCY}/renew")
namespace.add_resource(estates.PassRecheck, f"{STAFF_TENANCY}/pass-recheck")
namespace.add_resource(estates.FailRecheck, f"{STAFF_TENANCY}/fail-recheck")
namespace.add_resource(estates.Terminate, f"{STAFF_TENANCY}/terminate")
namespace.add_resource(estates.HandBack, f"{STAFF_TENANCY}/hand-back")
namespace.add_resource(estates.EndSubsidy, f"{STAFF_TENANCY}/end-subsidy")
namespace.add_resource(estates.RestoreTenancy, f"{STAFF_TENANCY}/restore")
namespace.add_resource(estates.ImportPayments, "/staff/rent-payments/import")
