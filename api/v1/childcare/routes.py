"""Childcare places: the way to one, rounds, the thread with the centre, ratings."""

from __future__ import annotations

from flask_restx import Namespace

import models.childcare.erasing  # noqa: F401  makes its part of copies and erasures known
from api.v1.childcare import residents, rounds, staff, supervision

namespace = Namespace("childcare", description="Childcare places: placement, rounds, messages and ratings.")

PLACEMENT = "/childcare/placements/<string:placement_id>"
ROUND = "/staff/childcare/rounds/<string:round_id>"

namespace.add_resource(residents.Centre, "/childcare/centres/<string:centre_id>")
namespace.add_resource(residents.Priorities, "/childcare/priorities")
namespace.add_resource(residents.Placements, "/childcare/placements")
namespace.add_resource(residents.OnePlacement, PLACEMENT)
namespace.add_resource(residents.Messages, f"{PLACEMENT}/messages")
namespace.add_resource(residents.Rating, f"{PLACEMENT}/rating")
namespace.add_resource(rounds.Rounds, "/childcare/rounds")
namespace.add_resource(rounds.OneRound, "/childcare/rounds/<string:round_id>")
namespace.add_resource(rounds.MyRound, "/childcare/rounds/<string:round_id>/mine")
namespace.add_resource(staff.StaffPlacements, "/staff/childcare/placements")
namespace.add_resource(staff.OneStaffPlacement, f"/staff{PLACEMENT}")
namespace.add_resource(staff.StaffMessages, f"/staff{PLACEMENT}/messages")
namespace.add_resource(staff.RatingReply, f"/staff{PLACEMENT}/rating/reply")
namespace.add_resource(rounds.StaffRounds, "/staff/childcare/rounds")
namespace.add_resource(rounds.CommitRound, f"{ROUND}/commit")
namespace.add_resource(rounds.EnterRoundSeed, f"{ROUND}/seed")
namespace.add_resource(rounds.CorrectRoundSeed, f"{ROUND}/correct-seed")
namespace.add_resource(rounds.RunRound, f"{ROUND}/run")
namespace.add_resource(rounds.PublishRound, f"{ROUND}/publish")
namespace.add_resource(rounds.VoidRound, f"{ROUND}/void")
namespace.add_resource(rounds.OneStaffRound, ROUND)

CENTRE = "/staff/childcare/centres/<string:centre_id>"
SUSPENSION = "/staff/childcare/suspensions/<string:suspension_id>"
INSPECTION = "/staff/childcare/inspections/<string:inspection_id>"

namespace.add_resource(supervision.StaffCentres, "/staff/childcare/centres")
namespace.add_resource(supervision.OneStaffCentre, CENTRE)
namespace.add_resource(supervision.Inspections, f"{CENTRE}/inspections")
namespace.add_resource(supervision.PublishInspection, f"{INSPECTION}/publish")
namespace.add_resource(supervision.TakeBackInspection, f"{INSPECTION}/take-back")
namespace.add_resource(supervision.Suspensions, f"{CENTRE}/suspensions")
namespace.add_resource(supervision.AppealSuspension, f"{SUSPENSION}/appeal")
namespace.add_resource(supervision.UpholdSuspension, f"{SUSPENSION}/uphold")
namespace.add_resource(supervision.LiftSuspension, f"{SUSPENSION}/lift")
