"""A report as a page and as a paper, from the same blocks; the same inputs give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import typst

from config.loading import rule
from config.text import say
from models.reports.chapters import chapters, title_of
from models.reports.documents import SERVICE_GAPS
from models.reports.gap_chapters import gap_chapters

HERE = Path(__file__).parent
TYPESETTING, STYLE = HERE / "report.typ", HERE / "report.css"
Block = Mapping[str, Any]


@dataclass(frozen=True)
class Rendered:
    """`pdf` and `font` None where no font with Chinese characters is installed: a paper of empty boxes helps nobody."""

    html: bytes
    pdf: bytes | None
    font: str | None


def render(inputs: Mapping[str, Any], inputs_hash: str) -> Rendered:
    """The page and the paper of these inputs."""
    plain = gap_chapters(inputs["gaps"]) if inputs["kind"] == SERVICE_GAPS else chapters(inputs)
    blocks = [_with_words(block) for block in plain]
    title, footer = title_of(inputs), say("reports.footer", hash=inputs_hash)
    subtitle = say(f"reports.subtitle.{inputs['kind']}")
    font = chinese_font()
    pdf = _pdf(title, subtitle, blocks, footer, font) if font else None
    return Rendered(_html(title, subtitle, blocks, footer), pdf, font)


@lru_cache(maxsize=1)
def chinese_font() -> str | None:
    """The first of `reports.pdf_fonts` that is installed here."""
    installed = set(typst.Fonts().families())
    return next((font for font in rule("reports.pdf_fonts") if font in installed), None)


def _with_words(block: Block) -> Block:
    if block["kind"] != "reply":
        return block
    about = say(
        "reports.reply_about", kind=block["kind_label"], theme=block["theme_label"], district=block["district"],
        month=block["month"],
    )  # fmt: skip
    return {"kind": "reply", "about": about, "question": block["question"], "answer": block["answer"]}


def _pdf(title: str, subtitle: str, blocks: Sequence[Block], footer: str, font: str) -> bytes:
    fonts = [font, *[each for each in rule("reports.pdf_fonts") if each != font and each in typst.Fonts().families()]]
    data = {"title": title, "subtitle": subtitle, "blocks": blocks, "footer": footer, "fonts": fonts}
    made = typst.compile(
        TYPESETTING.read_bytes(), format="pdf", sys_inputs={"report": json.dumps(data, ensure_ascii=False)}
    )
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave several files for one paper")
    return made


def _html(title: str, subtitle: str, blocks: Sequence[Block], footer: str) -> bytes:
    body = "\n".join(_block(block) for block in blocks)
    page = (
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE.read_text("utf-8")}</style>'
        f'</head><body><main><h1>{escape(title)}</h1><p class="note">{escape(subtitle)}</p>\n{body}</main>'
        f"<footer>{escape(footer)}</footer></body></html>\n"
    )
    return page.encode()


def _block(block: Block) -> str:
    kind = block["kind"]
    if kind == "heading":
        return f"<h{block['level']}>{escape(block['text'])}</h{block['level']}>"
    if kind == "figures":
        small = ' class="small"' if len(block["svgs"]) > 1 else ""
        return f"<figure{small}>{''.join(block['svgs'])}</figure>"
    if kind == "table":
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in block["head"])
        rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in block["rows"])
        return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    if kind == "reply":
        said = f"<p>{escape(block['question'])}</p><p><strong>{escape(block['answer'])}</strong></p>"
        return f'<blockquote><p class="note">{escape(block["about"])}</p>{said}</blockquote>'
    named = f' class="{kind}"' if kind in ("note", "warning") else ""
    return f"<p{named}>{escape(block['text'])}</p>"
