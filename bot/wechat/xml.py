"""Reading XML that anybody may have sent, and writing text that any XML can hold."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from bot.wechat.faults import malformed
from config.loading import rule

# What XML 1.0 cannot hold, even escaped; lone surrogates cannot be encoded at all.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CDATA_END = "]]>"


def clean(text: str) -> str:
    """`text` without control characters (line feed and tab stay) and without lone surrogates."""
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def in_cdata(text: str) -> str:
    """`text` so that it survives inside one CDATA section: its `]]>` is split over two."""
    return clean(text).replace(_CDATA_END, "]]]]><![CDATA[>")


class _Flat:
    """A parser's target that keeps the text of the root's children and counts depth and elements."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self._path: list[str] = []
        self._elements = 0
        self._most_depth = rule("wechat.xml_depth")
        self._most_elements = rule("wechat.xml_elements")

    def start(self, tag: str, _: dict[str, str]) -> None:
        self._path.append(tag)
        self._elements += 1
        if len(self._path) > self._most_depth or self._elements > self._most_elements:
            raise malformed("xml_too_deep")
        if len(self._path) == 1 and tag != "xml":
            raise malformed("xml_malformed")

    def data(self, text: str) -> None:
        if len(self._path) == 2:
            self.values[self._path[-1]] = self.values.get(self._path[-1], "") + text

    def end(self, _: str) -> None:
        self._path.pop()

    def close(self) -> dict[str, str]:
        return self.values


def flat(text: str) -> dict[str, str]:
    """The children of `<xml>` that hold text. No DTD, no entities, bounded depth and number of elements.

    Raises GuardFault (400): `xml_malformed`, `xml_forbidden`, `xml_too_deep`.
    """
    parser: Any = DefusedXMLParser(target=_Flat(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(text)
        values: dict[str, str] = parser.close()
    except DefusedXmlException:
        raise malformed("xml_forbidden") from None
    except (ParseError, ValueError, UnicodeError, LookupError):
        raise malformed("xml_malformed") from None
    return values
