"""Parts of an OpenAPI document that FastAPI cannot derive from routes."""

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
    """The ``content`` of a response with ``struct`` as JSON. FastAPI cannot derive it from the route."""
    return {"content": {"application/json": {"schema": {"$ref": _REFS.format(name=struct.__name__)}}}}


def struct_schemas(*types: Any, refs: str = _REFS) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """JSON Schemas of ``types``, and the definitions to which they refer.

    Args:
        types: structs, or unions of them.
        refs: template of references to definitions; contains ``{name}``.
    """
    schemas, definitions = msgspec.json.schema_components(types, ref_template=refs)
    return [_tidy(each) for each in schemas], {name: _tidy(each) for name, each in definitions.items()}


def complete_openapi(app: FastAPI, *types: type[BaseModel] | type[Struct]) -> None:
    """Adds the schemas of ``types`` and of the problem document to the OpenAPI of ``app``. Routes only refer to them.

    Bodies of requests are pydantic models; bodies of responses are structs.
    """
    generate = app.openapi
    structs = [each for each in types if issubclass(each, Struct)]
    models: list[type[BaseModel]] = [Problem, *(each for each in types if issubclass(each, BaseModel))]

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is not None:  # complete since the first call
            return app.openapi_schema
        document = generate()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for model in models:
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schema.pop("$defs", {}))
            schemas[model.__name__] = schema
        schemas.update(struct_schemas(*structs)[1])
        return document

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend it


def _tidy(schema: Any) -> Any:
    """Removes the indentation of docstrings from a schema of msgspec, and adds the type of enumerations."""
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    tidied = {key: _tidy(value) for key, value in schema.items()}
    if isinstance(tidied.get("description"), str):
        tidied["description"] = cleandoc(tidied["description"])
    if isinstance(tidied.get("enum"), list):
        tidied["type"] = "string"
    return tidied
