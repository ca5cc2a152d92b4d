"""Messages for validation errors: plain sentences in place of those of the validation library.

HTTP bodies and queries, live messages and settings use them.
https://docs.pydantic.dev/latest/errors/validation_errors/ lists the types.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

FieldErrors = list[dict[str, str]]
FALLBACK: Final = "is not valid"
"""The message of an error type without an entry; a test finds such types."""

_BODY: Final = ("body", "query", "path", "header")


def field_errors(errors: Any) -> FieldErrors:
    """``[{"field", "message"}]`` from ``ValidationError.errors()``."""
    return [{"field": _field(each), "message": message(each)} for each in errors]


def sentence(errors: FieldErrors) -> str:
    """The first error as one sentence that names its field."""
    first = errors[0]
    return f"{first['field']}: {first['message']}" if first["field"] else first["message"]


def message(error: Mapping[str, Any]) -> str:
    """The message of one error. It uses the context of the error, and the length of the input."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown field `{error['loc'][-1]}`"
    if kind in ("too_long", "too_short"):
        return _length_message(kind, context, error)
    render = _MESSAGES.get(kind)
    return render(context, error.get("input")) if render is not None else FALLBACK


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


def _too_long_message(context: Context, value: Any) -> str:
    this = f" (this one has {len(value):,})" if isinstance(value, str) else ""
    return f"must be at most {_count(context['max_length'], 'character')}{this}"


def _too_short_message(context: Context, _: Any) -> str:
    minimum = context["min_length"]
    return "must not be empty" if minimum == 1 else f"must be at least {_count(minimum, 'character')}"


def _length_message(kind: str, context: Context, error: Mapping[str, Any]) -> str:
    """The message for the length of a list, or of text after one of our validators. The field's name is the noun."""
    if isinstance(error["input"], str):
        return (
            _too_long_message(context, error["input"])
            if kind == "too_long"
            else _too_short_message(context, error["input"])
        )
    name = str(error["loc"][-1])
    one, many = (name.removesuffix("s"), name) if name.endswith("s") else ("entry", "entries")
    if kind == "too_short":
        return f"must have at least {_count(context['min_length'], one, many)}"
    this = f" (this has {len(error['input']):,})" if isinstance(error["input"], list | tuple) else ""
    return f"must have at most {_count(context['max_length'], one, many)}{this}"


def _choice_message(context: Context, _: Any) -> str:
    return f"must be {context['expected'].replace(chr(39), '')}"


def _validator_message(context: Context, _: Any) -> str:
    return str(context["error"])


def _bound_message(text: str, name: str) -> Callable[[Context, Any], str]:
    return lambda context, _: f"{text} {_number(context[name])}"


def _constant(text: str) -> Callable[[Context, Any], str]:
    return lambda *_: text


def _number(value: Any) -> str:
    return f"{value:,g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


_WHOLE: Final = _constant("must be a whole number")
_TEXT: Final = _constant("must be text")
_NUMBER: Final = _constant("must be a number")
_YES_NO: Final = _constant("must be true or false")
_LIST: Final = _constant("must be a list")
_OBJECT: Final = _constant("must be an object")
_TIME: Final = _constant("must be a date and time that exists, such as 2026-11-27T19:30")

_MESSAGES: Final[Mapping[str, Callable[[Context, Any], str]]] = {
    "missing": _constant("is required"),
    "value_error": _validator_message,
    "json_invalid": _constant("the request is not valid JSON"),
    "json_type": _constant("the request is not valid JSON"),
    "string_too_long": _too_long_message,
    "string_too_short": _too_short_message,
    "string_type": _TEXT,
    "string_sub_type": _TEXT,
    "string_unicode": _constant("has a character that is not valid Unicode"),
    "string_pattern_mismatch": _constant("has characters that are not allowed here"),
    "greater_than": _bound_message("must be more than", "gt"),
    "greater_than_equal": _bound_message("must be at least", "ge"),
    "less_than": _bound_message("must be less than", "lt"),
    "less_than_equal": _bound_message("must be at most", "le"),
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
    "literal_error": _choice_message,
    "enum": _choice_message,
    "union_tag_invalid": lambda context, _: f"type must be {_choices(context['expected_tags'])}",
    "union_tag_not_found": _constant("type is required"),
    "none_required": _constant("must be null"),
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
    "datetime_object_invalid": _TIME,
    "path_type": _constant("must be the path of a file or folder"),
    "recursion_loop": _constant("must not contain itself"),
}


def _choices(expected: str) -> str:
    return " or ".join(part.strip(" '") for part in expected.split(","))
