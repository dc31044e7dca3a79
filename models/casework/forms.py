"""A form's answers against its JSON Schema: whole at submission, in parts while it is a draft.

Faults name the field and a stable code, and carry a sentence with the field's label; what was sent is never repeated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from config.loading import catalogue, rule
from config.programmes import Form, FormField
from config.text import label, say
from models.kernel.errors import FieldFault, InvalidInput
from models.kernel.ids import ID_PATTERN
from models.people import identity

_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
_PHONE = re.compile(r"^1[3-9]\d{9}$")
_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")
_ID = re.compile(ID_PATTERN)
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
CODES = {
    "maxLength": "string_too_long", "minLength": "string_too_short", "pattern": "string_pattern_mismatch",
    "oneOf": "literal_error", "minItems": "too_short", "maxItems": "too_long", "uniqueItems": "repeated",
    "minimum": "greater_than_equal", "maximum": "less_than_equal",
}  # fmt: skip
ID_KINDS = (identity.RESIDENT_ID_CARD, identity.HMT_RESIDENCE_PERMIT)


def cleaned(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as they are stored: no white space around texts, ID numbers in capitals, names in one spelling."""
    return {name: _clean(form.properties.get(name), value) for name, value in answers.items()}


def _clean(field: FormField | None, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    value = value.strip()
    if field is not None and field.format == "id-number":
        return value.upper()
    if field is not None and field.format == "person-name" and is_name(value):
        return identity.read_name(value)
    return value


def merged(form: Form, before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The answers after a partial change, in the form's order; null takes an answer away. Raises InvalidInput."""
    given = cleaned(form, changes)
    found = faults_of_given(form, {name: value for name, value in given.items() if value is not None})
    found += [_fault(name, "extra_forbidden") for name in given if name not in form.properties and given[name] is None]
    if found:
        raise InvalidInput("invalid_input", faults=found)
    after = {**before, **given}
    kept = {name: after[name] for name in form.properties if after.get(name) is not None}
    if len(orjson.dumps(kept)) > rule("casework.form_bytes_most"):
        raise InvalidInput("body_too_large")
    return kept


def faults_of_given(form: Form, answers: Mapping[str, Any]) -> list[FieldFault]:
    """What is wrong with the answers that are given; one fault a field."""
    found = []
    for name, value in answers.items():
        field = form.properties.get(name)
        code = "extra_forbidden" if field is None else _code(field, value)
        if code is not None:
            found.append(_fault(name, code, field))
    return found


def faults_of_whole(form: Form, answers: Mapping[str, Any]) -> list[FieldFault]:
    """The same, and each required answer that is missing."""
    missing = [name for name in form.required if answers.get(name) in (None, "", [])]
    return [_fault(name, "missing", form.properties[name]) for name in missing] + faults_of_given(
        form, {name: value for name, value in answers.items() if name not in missing}
    )


def _code(field: FormField, value: Any) -> str | None:
    # Long lists are refused before the schema looks at them: comparing all items with each other takes quadratic time.
    if field.type == "array" and isinstance(value, list) and len(value) > (field.maxItems or 0):
        return "too_long"
    if not _printable(value, multiline=bool(field.multiline)):
        return "control_character"
    fault = next(_validator(field_key(field)).iter_errors(value), None)
    return None if fault is None else _code_of(fault)


def _code_of(fault: ValidationError) -> str:
    if fault.validator == "type":
        return f"{fault.validator_value}_type".replace("integer", "int").replace("boolean", "bool")
    if fault.validator == "format":
        return str(fault.validator_value).replace("-", "_")
    return CODES.get(str(fault.validator), "other")


def _printable(value: Any, *, multiline: bool) -> bool:
    if isinstance(value, str):
        return not any(unicodedata.category(c).startswith("C") and not (multiline and c == "\n") for c in value)
    if isinstance(value, list):
        return all(_printable(each, multiline=False) for each in value)
    return True


def field_key(field: FormField) -> bytes:
    """A field's schema as bytes: the same for equal fields."""
    return orjson.dumps(field.model_dump(exclude_none=True, by_alias=True))


@lru_cache(maxsize=512)
def _validator(schema: bytes) -> Draft202012Validator:
    return Draft202012Validator(orjson.loads(schema), format_checker=FORMATS)


def _fault(name: str, code: str, field: FormField | None = None) -> FieldFault:
    shown = "".join(c if c.isprintable() else "?" for c in name)[:60]
    sentence = label("casework.fault", code)
    if field is None:
        return FieldFault(f"form.{shown}", code, sentence if sentence != code else "")
    written = sentence if sentence != code else label("casework.fault", "other")
    return FieldFault(f"form.{shown}", code, say("casework.fault_of", label=field.title, fault=written))


def is_date(value: str) -> bool:
    """True for a day of the calendar as `2024-10-01`, of this or the last centuries."""
    if not _DAY.match(value):
        return False
    try:
        return EARLIEST_YEAR <= date.fromisoformat(value).year <= LATEST_YEAR
    except ValueError:
        return False


def is_month(value: str) -> bool:
    """True for a month as `2026-12`."""
    return bool(_MONTH.match(value)) and EARLIEST_YEAR <= int(value[:4]) <= LATEST_YEAR


def is_id_number(value: str) -> bool:
    """True for the number of an ID card, or of a residence permit of Hong Kong, Macau and Taiwan residents."""
    return any(_reads(identity.read_id_number, value, kind, date.max) for kind in ID_KINDS)


def is_name(value: str) -> bool:
    """True for what may be a person's name."""
    return _reads(identity.read_name, value)


def _reads(read: Callable[..., Any], *values: Any) -> bool:
    try:
        read(*values)
    except InvalidInput:
        return False
    return True


def _checker(formats: Mapping[str, Callable[[str], bool]]) -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, holds in formats.items():
        # Formats speak about texts only; another type has its own fault.
        checker.checkers[name] = (lambda value, holds=holds: not isinstance(value, str) or holds(value), ())
    return checker


FORMATS = _checker({
    "date": is_date,
    "month": is_month,
    "person-name": is_name,
    "id-number": is_id_number,
    "mobile-phone": lambda value: bool(_PHONE.match(value)),
    "township": lambda value: catalogue().place(value) is not None,
    "facility": lambda value: bool(_ID.match(value)),
    "child": lambda value: bool(_ID.match(value)),
    "household": lambda value: bool(_ID.match(value)),
})  # fmt: skip
