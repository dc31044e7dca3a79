"""`flask --app wsgi lottery verify FILE`: repeats a published draw from its record. Needs no database."""

from __future__ import annotations

import sys
from typing import BinaryIO

import click
from flask.cli import AppGroup

from config.text import say
from models.housing.draw_record import LotteryDrawRecord
from models.housing.draw_verification import verify

lottery = AppGroup("lottery", help="Lottery draws.")
FIRST_SHOWN = 5
# The wide space of our own sentences; Python counts it among what cannot be printed.
WIDE_SPACE = "\u3000"


@lottery.command("verify")
@click.argument("file", type=click.File("rb"))
@click.option("--commitment", help="The commitment (SHA-256) that was published before the draw, to compare as well.")
@click.option("--demonstration", is_flag=True, help="The draw was a demonstration, with a seed made up for it.")
def lottery_verify(file: BinaryIO, commitment: str | None, demonstration: bool) -> None:
    """Compute the draw of the record in FILE (`-`: standard input) again; exit 0 only if it is the same."""
    verdict = verify(file.read(), commitment, demonstration=demonstration)
    if verdict.record is not None:
        for line in described(verdict.record):
            click.echo(line)
    for fault in verdict.faults:
        click.echo(say(f"housing.faults.{fault.code}", **fault.params), err=True)
    click.echo(say("housing.verify.same") if verdict.same else say("housing.verify.differs", count=len(verdict.faults)))
    sys.exit(0 if verdict.same else 1)


def described(record: LotteryDrawRecord) -> list[str]:
    """What the reader should compare with what was public elsewhere."""
    committed, source = record.committed, record.committed.seed_source
    about_seed = "seed_demonstration" if source.demonstration else "seed"
    facts = {
        "draw": committed.draw_id, "programme": committed.programme, "round": committed.round,
        "count": len(committed.entries), "places": committed.places, "commitment": record.commitment.sha256,
        "source": source.name, "issue": source.issue, "address": source.address, "seed": record.seed or "-",
        "first": " ".join((record.result or [])[:FIRST_SHOWN]) or "-",
    }  # fmt: skip
    lines = ("draw", "list", "commitment", about_seed, "result")
    return [
        "".join(c if c.isprintable() or c == WIDE_SPACE else "?" for c in say(f"housing.verify.{line}", **facts))
        for line in lines
    ]
