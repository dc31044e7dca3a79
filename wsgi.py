"""The one composition root: settings → database → doors. `flask --app wsgi …` and every server load it."""

from __future__ import annotations

import gc
import os

# While the modules are loaded nothing becomes garbage: the collector, walking over them again and again, took a
# quarter of the start.
gc.disable()

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Flask

from api.app import create_app
from api.v1.casework.commands import docs
from api.v1.eldercare.commands import elders
from api.v1.facilities.commands import facilities_cli
from api.v1.housing.commands import lottery
from api.v1.indicators.commands import indicators_group
from api.v1.people.commands import erase
from api.v1.people.commands import staff as staff_group
from api.v1.reports.commands import reports_group
from bot.commands import bot as bot_group
from bot.dialogues.engine import answerer, only_talks
from bot.understanding.readiness import be_ready
from bot.webhook import webhook_blueprint
from bot.wechat import delivery, notices, text_check
from bot.wechat.reception import Reception
from bot.wechat.service import Wechat
from config.checks import checks
from config.facility_prices import price_list
from config.feedback import themes
from config.indicators import check_indicators
from config.loading import catalogue, rules
from config.settings import Settings, load_settings
from config.text import sentences
from config.visit_checklist import visit_checklist
from deploy.demo.commands import demo
from jobs.commands import jobs_group, outbox_group
from jobs.upkeep import ANSWER_LATE
from models.casework import alerts as casework_alerts
from models.casework import followups, notice_settling, objections, offers, phone_tasks, public_notices
from models.childcare import operations as childcare_follow_ups
from models.childcare import placing
from models.eldercare import concern_finding
from models.housing import allocation
from models.housing.allocation_rules import allocation_rules
from models.housing.ordering import waiting_lists
from models.housing.seeds import seed_sources
from models.indicators.observations import PUSH_CHANNEL
from models.indicators.push import push_handler
from models.kernel.clock import Clock, SystemClock
from models.kernel.database import connect
from models.kernel.encryption import install_keyring
from models.kernel.outbox import Handler
from models.people import staff_notices
from models.people.consents import consent_purposes
from models.platform import Platform
from models.running.rule_releases import FOLLOWER

gc.freeze()
gc.enable()
COMMANDS = (
    docs,
    elders,
    facilities_cli,
    lottery,
    indicators_group,
    reports_group,
    jobs_group,
    outbox_group,
    staff_group,
    erase,
    bot_group,
    demo,
)


def compose(settings: Settings, clock: Clock | None = None) -> Flask:
    """The whole product as one Flask app. A fault in the catalogue or the settings stops it here."""
    catalogue(), rules(), sentences()
    check_indicators()
    consent_purposes()
    checks()
    themes()
    visit_checklist()
    price_list()
    waiting_lists(), seed_sources(), allocation_rules()
    install_keyring(settings.secret_keys)
    connect(settings.mongodb_uri)
    FOLLOWER.begin()
    present = clock or SystemClock()
    platform = Platform(settings, present, Wechat(settings, present))
    platform = replace(platform, handlers=_handlers(platform))
    reception = Reception(platform, answerer(platform), only_talks)
    app = create_app(replace(platform, errands={ANSWER_LATE: reception.recover}))
    app.register_blueprint(webhook_blueprint(platform, reception))
    for command in COMMANDS:
        app.cli.add_command(command)
    return app


def _handlers(platform: Platform) -> Mapping[str, Handler]:
    """Who serves each channel of the outbox."""
    return {
        **delivery.handlers(platform),
        **notices.handlers(platform),
        **text_check.handlers(platform),
        followups.CHANNEL: followups.follow_up_handler(platform.clock.now),
        offers.CHANNEL: offers.follow_up_handler(platform.clock.now),
        placing.CHANNEL: childcare_follow_ups.follow_up_handler(platform.clock.now),
        allocation.CHANNEL: allocation.follow_up_handler(platform.clock.now),
        concern_finding.CHANNEL: concern_finding.concern_handler(platform.clock.now),
        staff_notices.CHANNEL: staff_notices.staff_notice_handler(platform.clock.now),
        phone_tasks.CHANNEL: phone_tasks.phone_handler(platform.clock.now),
        public_notices.CHANNEL: notice_settling.handler(platform.clock.now),
        objections.CHANNEL: objections.handler(platform.clock.now),
        casework_alerts.CHANNEL: casework_alerts.handler(platform.clock.now),
        PUSH_CHANNEL: push_handler(platform.settings, platform.clock),
    }


def __getattr__(name: str) -> Any:
    """`wsgi:app` is made when a server asks for it, so that importing `compose` composes nothing."""
    if name != "app":
        raise AttributeError(name)
    settings = load_settings()
    app = globals()["app"] = compose(settings)
    # The flask command says so of itself. Most of its commands understand nothing; those that do load it then.
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        be_ready(settings.data_dir)
    return app
