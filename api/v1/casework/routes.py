"""Applying and being decided upon: for residents and for caseworkers."""

from __future__ import annotations

from flask_restx import Namespace

import models.casework.retention  # noqa: F401  makes its part of copies and erasures known
from api.v1.casework import residents, staff

namespace = Namespace("casework", description="Programmes, applications, papers and their review.")

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
namespace.add_resource(staff.Queue, "/staff/applications")
namespace.add_resource(staff.OneStaffApplication, STAFF_APPLICATION)
namespace.add_resource(staff.OneStaffDocument, f"{STAFF_APPLICATION}/documents/<string:document_id>")
namespace.add_resource(staff.Accept, f"{STAFF_APPLICATION}/accept")
namespace.add_resource(staff.RequestCorrection, f"{STAFF_APPLICATION}/request-correction")
namespace.add_resource(staff.Approve, f"{STAFF_APPLICATION}/approve")
namespace.add_resource(staff.Refuse, f"{STAFF_APPLICATION}/refuse")
