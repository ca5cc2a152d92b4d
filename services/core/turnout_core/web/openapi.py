"""Parts of an OpenAPI document that FastAPI does not find by itself."""

from http import HTTPStatus
from inspect import cleandoc
from typing import Any, Final

import msgspec
from fastapi import FastAPI
from msgspec import Struct
from pydantic import BaseModel

from turnout_core.domain.rejections import REJECTIONS
from turnout_core.web.problems import PROBLEM_TYPE, Problem

_REFS: Final = "#/components/schemas/{name}"
_PROBLEM_SCHEMA: Final = {"schema": {"$ref": "#/components/schemas/Problem"}}


def request_body(model: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """``openapi_extra`` of a route that reads its body with ``bodies.parse``."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}}


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a route: a problem document for each status."""
    codes = {status: sorted(each.code for each in REJECTIONS if each.status == status) for status in statuses}
    return {
        status: {
            "description": ", ".join(found) or HTTPStatus(status).phrase,
            "content": {PROBLEM_TYPE: _PROBLEM_SCHEMA},
        }
        for status, found in codes.items()
    }


def json_body(struct: type[Struct]) -> dict[str, Any]:
    """The ``content`` of a response that is ``struct`` as JSON. FastAPI cannot read it off a route."""
    return {"content": {"application/json": {"schema": {"$ref": _REFS.format(name=struct.__name__)}}}}


def struct_schemas(*types: Any, refs: str = _REFS) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """JSON Schemas of ``types``, and the definitions that these refer to.

    Args:
        types: structs, or unions of them.
        refs: the form of a reference to a definition, with ``{name}`` in it.
    """
    schemas, definitions = msgspec.json.schema_components(types, ref_template=refs)
    return [_tidied(each) for each in schemas], {name: _tidied(each) for name, each in definitions.items()}


def complete_openapi(app: FastAPI, *types: type[BaseModel] | type[Struct]) -> None:
    """Adds ``types`` to ``app``'s OpenAPI, and the problem document. Only references name them so far.

    Bodies of requests are pydantic models; bodies of answers are structs.
    """
    made = app.openapi
    structs = [each for each in types if issubclass(each, Struct)]
    models: list[type[BaseModel]] = [Problem, *(each for each in types if issubclass(each, BaseModel))]

    def openapi() -> dict[str, Any]:
        document = made()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for model in models:
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schema.pop("$defs", {}))
            schemas[model.__name__] = schema
        schemas.update(struct_schemas(*structs)[1])
        return document

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend it


def _tidied(schema: Any) -> Any:
    """A schema of msgspec's, with the indentation of docstrings removed and the type of enumerations added."""
    if isinstance(schema, list):
        return [_tidied(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    tidied = {key: _tidied(value) for key, value in schema.items()}
    if isinstance(tidied.get("description"), str):
        tidied["description"] = cleandoc(tidied["description"])
    if isinstance(tidied.get("enum"), list):
        tidied["type"] = "string"
    return tidied
