"""Waiting lists and lottery draws."""

from __future__ import annotations

from flask_restx import Namespace

import models.housing.erasing  # noqa: F401  makes its part of copies and erasures known
from api.v1.housing import draws, waiting

namespace = Namespace("housing", description="Waiting lists, and lottery draws that anyone can verify.")

namespace.add_resource(draws.LotteryDraws, "/lottery-draws")
namespace.add_resource(draws.OneLotteryDraw, "/lottery-draws/<string:draw_id>")
namespace.add_resource(draws.StaffLotteryDraws, "/staff/lottery-draws")
namespace.add_resource(draws.EnterSeed, "/staff/lottery-draws/<string:draw_id>/seed")
namespace.add_resource(draws.CorrectSeed, "/staff/lottery-draws/<string:draw_id>/correct-seed")
namespace.add_resource(draws.RunDraw, "/staff/lottery-draws/<string:draw_id>/run")
namespace.add_resource(draws.PublishDraw, "/staff/lottery-draws/<string:draw_id>/publish")
namespace.add_resource(draws.VoidDraw, "/staff/lottery-draws/<string:draw_id>/void")
namespace.add_resource(waiting.WaitingLists, "/waiting-lists")
namespace.add_resource(waiting.OneWaitingEntry, "/staff/waiting-entries/<string:entry_id>")
namespace.add_resource(waiting.MoveEntry, "/staff/waiting-entries/<string:entry_id>/move")
namespace.add_resource(waiting.PauseEntry, "/staff/waiting-entries/<string:entry_id>/pause")
namespace.add_resource(waiting.ResumeEntry, "/staff/waiting-entries/<string:entry_id>/resume")
namespace.add_resource(waiting.RecheckEntry, "/staff/waiting-entries/<string:entry_id>/recheck")
namespace.add_resource(waiting.EndEntry, "/staff/waiting-entries/<string:entry_id>/end")
namespace.add_resource(waiting.RestoreEntry, "/staff/waiting-entries/<string:entry_id>/restore")
