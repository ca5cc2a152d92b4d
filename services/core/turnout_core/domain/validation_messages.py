"""Sentences for people from the errors of a validation: no message of the validation library reaches a client.

The one place that maps them. It serves HTTP bodies and queries, live messages, and settings.
https://docs.pydantic.dev/latest/errors/validation_errors/ lists the types.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

FieldErrors = list[dict[str, str]]
FALLBACK: Final = "is not valid"
"""For an error that has no sentence yet; a test finds those."""

_BODY: Final = ("body", "query", "path", "header")


def field_errors(errors: Any) -> FieldErrors:
    """``[{"field", "message"}]`` from ``ValidationError.errors()``."""
    return [{"field": _field(each), "message": message(each)} for each in errors]


def sentence(errors: FieldErrors) -> str:
    """The first error as one sentence that names its field."""
    first = errors[0]
    return f"{first['field']}: {first['message']}" if first["field"] else first["message"]


def message(error: Mapping[str, Any]) -> str:
    """One error in plain words. It needs the context of the error, and the input for the lengths."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown field `{error['loc'][-1]}`"
    if kind in ("too_long", "too_short"):
        return _length(kind, context, error)
    make = _MESSAGES.get(kind)
    return make(context, error.get("input")) if make is not None else FALLBACK


def _field(error: Mapping[str, Any]) -> str:
    parts = [str(part) for part in error["loc"]]
    if parts and parts[0] in _BODY:
        parts = parts[1:]
    if error["type"] == "json_invalid":
        return ""
    return ".".join(parts)


Context = Mapping[str, Any]


def _count(number: float, noun: str, plural: str | None = None) -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _too_long(context: Context, value: Any) -> str:
    this = f" (this one has {len(value):,})" if isinstance(value, str) else ""
    return f"must be at most {_count(context['max_length'], 'character')}{this}"


def _too_short(context: Context, _: Any) -> str:
    least = context["min_length"]
    return "must not be empty" if least == 1 else f"must be at least {_count(least, 'character')}"


def _length(kind: str, context: Context, error: Mapping[str, Any]) -> str:
    """Of a list, or of text behind a validator of ours; a field such as ``tags`` names what it holds."""
    if isinstance(error["input"], str):
        return _too_long(context, error["input"]) if kind == "too_long" else _too_short(context, error["input"])
    name = str(error["loc"][-1])
    one, many = (name.removesuffix("s"), name) if name.endswith("s") else ("entry", "entries")
    if kind == "too_short":
        return f"must have at least {_count(context['min_length'], one, many)}"
    this = f" (this has {len(error['input']):,})" if isinstance(error["input"], list | tuple) else ""
    return f"must have at most {_count(context['max_length'], one, many)}{this}"


def _expected(context: Context, _: Any) -> str:
    return f"must be {context['expected'].replace(chr(39), '')}"


def _own(context: Context, _: Any) -> str:
    return str(context["error"])


def _bound(words: str, name: str) -> Callable[[Context, Any], str]:
    return lambda context, _: f"{words} {_number(context[name])}"


def _fixed(text: str) -> Callable[[Context, Any], str]:
    return lambda *_: text


def _number(value: Any) -> str:
    return f"{value:,g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


_WHOLE: Final = _fixed("must be a whole number")
_TEXT: Final = _fixed("must be text")
_NUMBER: Final = _fixed("must be a number")
_YES_NO: Final = _fixed("must be true or false")
_LIST: Final = _fixed("must be a list")
_OBJECT: Final = _fixed("must be an object")
_TIME: Final = _fixed("must be a date and time that exists, such as 2026-11-27T19:30")

_MESSAGES: Final[Mapping[str, Callable[[Context, Any], str]]] = {
    "missing": _fixed("is required"),
    "value_error": _own,
    "json_invalid": _fixed("the request is not valid JSON"),
    "json_type": _fixed("the request is not valid JSON"),
    "string_too_long": _too_long,
    "string_too_short": _too_short,
    "string_type": _TEXT,
    "string_sub_type": _TEXT,
    "string_unicode": _fixed("has a character that is not valid Unicode"),
    "string_pattern_mismatch": _fixed("has characters that are not allowed here"),
    "greater_than": _bound("must be more than", "gt"),
    "greater_than_equal": _bound("must be at least", "ge"),
    "less_than": _bound("must be less than", "lt"),
    "less_than_equal": _bound("must be at most", "le"),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _YES_NO,
    "bool_parsing": _YES_NO,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "literal_error": _expected,
    "enum": _expected,
    "union_tag_invalid": lambda context, _: f"type must be {_choices(context['expected_tags'])}",
    "union_tag_not_found": _fixed("type is required"),
    "none_required": _fixed("must be null"),
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
    "datetime_object_invalid": _TIME,
    "path_type": _fixed("must be the path of a file or folder"),
    "recursion_loop": _fixed("must not contain itself"),
}


def _choices(expected: str) -> str:
    return " or ".join(part.strip(" '") for part in expected.split(","))
