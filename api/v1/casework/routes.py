"""Applying and being decided upon: for residents and for caseworkers."""

from __future__ import annotations

from flask_restx import Namespace

import models.casework.offer_erasing
import models.casework.retention  # noqa: F401  makes its part of copies and erasures known
from api.v1.casework import case_people, offers, paper_steps, queue_files, residents, staff, telling_routes

namespace = Namespace("casework", description="Programmes, applications, papers and their review.")

telling_routes.add_routes(namespace)

APPLICATION = "/applications/<string:application_id>"
STAFF_APPLICATION = f"/staff{APPLICATION}"

namespace.add_resource(residents.Programmes, "/programmes")
namespace.add_resource(residents.OneProgramme, "/programmes/<string:token>")
namespace.add_resource(residents.Prescreen, "/programmes/<string:token>/prescreen")
namespace.add_resource(residents.Applications, "/applications")
namespace.add_resource(residents.OneApplication, APPLICATION)
namespace.add_resource(residents.Documents, f"{APPLICATION}/documents")
namespace.add_resource(residents.OneDocument, f"{APPLICATION}/documents/<string:document_id>")
namespace.add_resource(residents.Submit, f"{APPLICATION}/submit")
namespace.add_resource(residents.Withdraw, f"{APPLICATION}/withdraw")
namespace.add_resource(residents.Appeal, f"{APPLICATION}/appeal")
namespace.add_resource(staff.Queue, "/staff/applications")
namespace.add_resource(staff.Escalated, "/staff/applications/escalated")
namespace.add_resource(queue_files.QueueFile, "/staff/applications/export")
namespace.add_resource(staff.Counts, "/staff/applications/counts")
namespace.add_resource(staff.Search, "/staff/applications/search")
namespace.add_resource(staff.OneStaffApplication, STAFF_APPLICATION)
namespace.add_resource(staff.OneStaffDocument, f"{STAFF_APPLICATION}/documents/<string:document_id>")
namespace.add_resource(staff.Accept, f"{STAFF_APPLICATION}/accept")
namespace.add_resource(staff.RequestCorrection, f"{STAFF_APPLICATION}/request-correction")
namespace.add_resource(staff.Approve, f"{STAFF_APPLICATION}/approve")
namespace.add_resource(staff.Refuse, f"{STAFF_APPLICATION}/refuse")
namespace.add_resource(staff.FirstReview, f"{STAFF_APPLICATION}/first-review")
namespace.add_resource(staff.SecondReview, f"{STAFF_APPLICATION}/second-review")
namespace.add_resource(staff.Transfer, f"{STAFF_APPLICATION}/transfer")
namespace.add_resource(staff.Assign, f"{STAFF_APPLICATION}/assign")
namespace.add_resource(staff.Candidates, f"{STAFF_APPLICATION}/caseworkers")
namespace.add_resource(staff.End, f"{STAFF_APPLICATION}/end")
namespace.add_resource(staff.Uphold, f"{STAFF_APPLICATION}/uphold")
namespace.add_resource(staff.Reopen, f"{STAFF_APPLICATION}/reopen")
namespace.add_resource(offers.Offers, "/offers")
namespace.add_resource(offers.OneOffer, "/offers/<string:offer_id>")
namespace.add_resource(offers.AcceptOffer, "/offers/<string:offer_id>/accept")
namespace.add_resource(offers.DeclineOffer, "/offers/<string:offer_id>/decline")
namespace.add_resource(paper_steps.ReusablePapers, f"{APPLICATION}/reusable-papers")
namespace.add_resource(paper_steps.ReusePaper, f"{APPLICATION}/documents/reuse")
namespace.add_resource(paper_steps.Correction, f"{APPLICATION}/correction")
namespace.add_resource(paper_steps.CorrectionAnswer, f"{APPLICATION}/correction/<string:paper>")
namespace.add_resource(case_people.HouseholdOfCase, f"{STAFF_APPLICATION}/household")
namespace.add_resource(case_people.DuplicatesOfCase, f"{STAFF_APPLICATION}/duplicates")
namespace.add_resource(case_people.ReplacedPapersOfCase, f"{STAFF_APPLICATION}/replaced-papers")
namespace.add_resource(case_people.DifferencesOfCase, f"{STAFF_APPLICATION}/differences")
namespace.add_resource(case_people.CorrectionOfCase, f"{STAFF_APPLICATION}/correction")
