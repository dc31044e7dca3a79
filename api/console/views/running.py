"""How the product runs: health, jobs, messages, the audit trail, accounts, rules to come, texts, keys."""

from __future__ import annotations

from typing import Any

from api.access import staff
from api.console.formats import link, place
from api.console.pages import Look, Shown, page, show
from config.loading import catalogue
from config.text import label
from models.kernel.actors import ADMINISTRATOR, STAFF_ROLES, SUPERVISOR
from models.kernel.errors import Forbidden

RUNNERS = staff(ADMINISTRATOR, SUPERVISOR)
HOME = "/console/running"
TABS = ("health", "jobs", "outbox", "audit", "accounts", "rules", "texts", "keys")
FOR_ADMINISTRATORS = ("accounts",)
OUTBOX_STATES = ("dead", "uncertain", "failed", "pending", "sending")
TRAIL_FILTERS = ("subject", "staff", "action", "first", "last", "chain")
ACCOUNT_FILTERS = ("role", "district_code", "name")


@page("/running", access=RUNNERS, section="running")
def home(look: Look) -> Shown:
    """Health; a supervisor of one county has the county's audit trail instead."""
    if not _of_city(look):
        return audit(look)
    return show("running/health.html", health=look.ask("/staff/running/health"), tabs=_tabs(look))


@page("/running/jobs", access=RUNNERS, section="running", city=True, sheet=True)
def jobs(look: Look) -> Shown:
    """Every job with its latest run, the failed ones first."""
    items = look.ask("/staff/running/jobs")["items"]
    items.sort(key=lambda each: (not (each["latest"] and each["latest"]["state"] == "failed"), each["label"]))
    return show("running/jobs.html", items=items, tabs=_tabs(look))


@page("/running/jobs/<job>", access=RUNNERS, section="running", city=True, sheet=True)
def job_runs(look: Look, job: str) -> Shown:
    """One job's runs."""
    found = look.ask(f"/staff/running/jobs/{job}/runs", cursor=look.query.get("cursor", ""))
    here = f"{HOME}/jobs/{job}"
    return show(
        "running/runs.html", name=label("jobs.job", job), items=found["items"], tabs=_tabs(look),
        next_link=link(here, cursor=found["next"]) if found["next"] else "",
        first_link=here if look.query.get("cursor") else "",
    )  # fmt: skip


@page("/running/outbox", access=RUNNERS, section="running", city=True, sheet=True)
def outbox(look: Look) -> Shown:
    """Messages that are stuck, and sending them again."""
    state = look.query.get("state", OUTBOX_STATES[0])
    found = look.ask("/staff/running/outbox", state=state, cursor=look.query.get("cursor", ""))
    here = f"{HOME}/outbox"
    return show(
        "running/outbox.html", items=found["items"], counts=found["counts"], state=state, states=OUTBOX_STATES,
        tabs=_tabs(look), next_link=link(here, state=state, cursor=found["next"]) if found["next"] else "",
        first_link=link(here, state=state) if look.query.get("cursor") else "",
    )  # fmt: skip


@page("/running/audit", access=RUNNERS, section="running", sheet=True)
def audit(look: Look) -> Shown:
    """Who looked at or changed what; a search is recorded itself."""
    asked = {name: look.query.get(name, "").strip() for name in TRAIL_FILTERS}
    found = look.ask("/staff/audit", **asked, cursor=look.query.get("cursor", ""))
    here = f"{HOME}/audit"
    return show(
        "running/audit.html", q=asked, items=found["items"], tabs=_tabs(look),
        chains=[(each, place(each) or label("console_running.chain", each)) for each in found["chains"]],
        next_link=link(here, **asked, cursor=found["next"]) if found["next"] else "",
        first_link=link(here, **asked) if look.query.get("cursor") else "",
    )  # fmt: skip


@page("/running/accounts", access=staff(ADMINISTRATOR), section="running", city=True, sheet=True)
def accounts(look: Look) -> Shown:
    """Accounts of staff."""
    asked = {name: look.query.get(name, "") for name in ACCOUNT_FILTERS}
    found = look.ask("/staff/accounts", **asked, cursor=look.query.get("cursor", ""))
    here = f"{HOME}/accounts"
    return show(
        "running/accounts.html", q=asked, items=found["items"], tabs=_tabs(look), **_choices(),
        next_link=link(here, **asked, cursor=found["next"]) if found["next"] else "",
        first_link=link(here, **asked) if look.query.get("cursor") else "",
    )  # fmt: skip


@page("/running/accounts/new", access=staff(ADMINISTRATOR), section="running", city=True)
def new_account(look: Look) -> Shown:
    """Make an account."""
    return show("running/new_account.html", **_choices(), tabs=_tabs(look))


@page("/running/accounts/<account_id>", access=staff(ADMINISTRATOR), section="running", city=True)
def account(look: Look, account_id: str) -> Shown:
    """One account: what it may, its second factor, and its steps."""
    found = look.ask(f"/staff/accounts/{account_id}")
    return show(
        "running/account.html", account=found, base=f"/staff/accounts/{account_id}", tabs=_tabs(look), **_choices(),
        own=account_id == look.session.actor.id,
    )  # fmt: skip


@page("/running/rules", access=RUNNERS, section="running", city=True, sheet=True)
def rules(look: Look) -> Shown:
    """Programmes' versions with their sources, and proposals of new ones."""
    return show("running/rules.html", found=look.ask("/staff/programme-rules"), tabs=_tabs(look))


@page("/running/rules/<programme>/propose", access=RUNNERS, section="running", city=True)
def propose(look: Look, programme: str) -> Shown:
    """Write a programme's next version."""
    listed = look.ask("/staff/programme-rules")["programmes"]
    found = next((each for each in listed if each["programme"] == programme), None)
    if found is None:
        raise Forbidden()
    return show("running/propose.html", programme=found, tabs=_tabs(look))


@page("/running/rules/proposals/<proposal_id>", access=RUNNERS, section="running", city=True)
def proposal(look: Look, proposal_id: str) -> Shown:
    """One proposal: its text, and what it would have done."""
    found = look.ask(f"/staff/programme-rules/{proposal_id}")
    return show("running/proposal.html", found=found, base=f"/staff/programme-rules/{proposal_id}", tabs=_tabs(look))


@page("/running/texts", access=RUNNERS, section="running", sheet=True)
def texts(look: Look) -> Shown:
    """Sentences that people read, and where they are said."""
    asked = look.query.get("text", "")
    found = look.ask("/staff/running/texts", text=asked, cursor=look.query.get("cursor", ""))
    here = f"{HOME}/texts"
    return show(
        "running/texts.html", items=found["items"], asked=asked, tabs=_tabs(look),
        next_link=link(here, text=asked, cursor=found["next"]) if found["next"] else "",
        first_link=link(here, text=asked) if look.query.get("cursor") else "",
    )  # fmt: skip


@page("/running/keys", access=RUNNERS, section="running", city=True)
def keys(look: Look) -> Shown:
    """Which keys values are under."""
    return show("running/keys.html", keys=look.ask("/staff/running/keys"), tabs=_tabs(look))


def _of_city(look: Look) -> bool:
    return look.session.actor.district_code is None


def _tabs(look: Look) -> list[tuple[str, str]]:
    names = TABS if _of_city(look) else ("audit", "texts")
    return [
        (name, HOME if name == "health" else f"{HOME}/{name}")
        for name in names
        if name not in FOR_ADMINISTRATORS or look.has_role(ADMINISTRATOR)
    ]


def _choices() -> dict[str, Any]:
    """Roles, counties and townships to choose from."""
    return {
        "roles": [(role, label("people.roles", role)) for role in STAFF_ROLES],
        "counties": [(code, each.name_zh) for code, each in catalogue().districts.items()],
        "townships": [(each.name_zh, [(p.id, p.name_zh) for p in catalogue().places if p.district_code == code])
                      for code, each in catalogue().districts.items()],
    }  # fmt: skip
