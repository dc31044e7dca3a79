"""Feedback: needs, complaints, suggestions, praise, ratings; replies, private and public."""

from __future__ import annotations

from flask_restx import Namespace

import models.feedback.erasing  # noqa: F401  makes its part of copies and erasures known
from api.v1.feedback import residents, staff

namespace = Namespace("feedback", description="What residents say and are answered, in private and in public.")

PIECE = "/feedback/<string:feedback_id>"
STAFF = f"/staff{PIECE}"

namespace.add_resource(residents.Pieces, "/feedback")
namespace.add_resource(residents.One, PIECE)
namespace.add_resource(residents.Withdraw, f"{PIECE}/withdraw")
namespace.add_resource(residents.Reopen, f"{PIECE}/reopen")
namespace.add_resource(residents.Satisfaction, f"{PIECE}/satisfaction")
namespace.add_resource(residents.Publication, f"{PIECE}/publication")
namespace.add_resource(residents.Mine, "/me/feedback")
namespace.add_resource(residents.PublicThemes, "/feedback-themes")
namespace.add_resource(residents.FacilityRating, "/facilities/<string:facility_id>/rating")
namespace.add_resource(staff.Desk, "/staff/feedback")
namespace.add_resource(staff.OneOfDesk, STAFF)
namespace.add_resource(staff.Take, f"{STAFF}/take")
namespace.add_resource(staff.Transfer, f"{STAFF}/transfer")
namespace.add_resource(staff.Reply, f"{STAFF}/reply")
namespace.add_resource(staff.Note, f"{STAFF}/note")
namespace.add_resource(staff.SetTheme, f"{STAFF}/theme")
namespace.add_resource(staff.Propose, f"{STAFF}/public-text")
namespace.add_resource(staff.Approve, f"{STAFF}/public-text/approve")
namespace.add_resource(staff.TakeDown, f"{STAFF}/public-text/take-down")
namespace.add_resource(staff.Themes, "/staff/feedback-themes")
