"""Signs of life for operators: live (the process answers), ready (its database answers too), metrics."""

from __future__ import annotations

import os

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from api.access_notes import access_notes
from api.endpoint import to_json
from api.errors import problem
from config.loading import rule
from models import migrations
from models.facilities.directory import directory
from models.kernel import backup
from models.kernel.database import UNREACHABLE, ping
from models.kernel.errors import Unavailable
from models.running.rule_releases import FOLLOWER

blueprint = Blueprint("health", __name__)
MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"


@blueprint.get("/health/live")
def live() -> Response:
    """200 while the process answers at all."""
    return Response(to_json({"status": "live"}), mimetype="application/json")


@blueprint.get("/health/ready")
def ready() -> Response:
    """200 while the database answers and is of this version, and directory and rules are loaded; else 503."""
    try:
        ping()
        pending = migrations.pending()
        restoring = backup.is_restoring()
        directory().snapshot()
        released = FOLLOWER.knows()
    except (*UNREACHABLE, Unavailable):
        return problem(503, "database_unreachable", retry_after=rule("api.retry_after_seconds"))
    if not released:
        return problem(503, "rules_unread", retry_after=rule("api.retry_after_seconds"))
    if restoring:
        return problem(503, "restore_unfinished", retry_after=rule("api.retry_after_seconds"))
    if pending:
        return problem(503, "migrations_pending", retry_after=rule("api.retry_after_seconds"))
    return Response(to_json({"status": "ready"}), mimetype="application/json")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus text; of all processes that share the metrics folder, where one is set."""
    access_notes.settle()
    registry = REGISTRY
    if os.environ.get(MULTIPROCESS):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
