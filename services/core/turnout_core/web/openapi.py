"""Parts of an OpenAPI document that FastAPI does not find by itself."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from pydantic import BaseModel

from turnout_core.domain.rejections import REJECTIONS
from turnout_core.protocol.items import Problem
from turnout_core.web.problems import PROBLEM_TYPE

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


def complete_openapi(app: FastAPI, *bodies: type[BaseModel]) -> None:
    """Adds the models to ``app``'s OpenAPI that only ``request_body`` and ``problem_responses`` refer to."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        models: tuple[type[BaseModel], ...] = (Problem, *bodies)
        for model in models:
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schema.pop("$defs", {}))
            schemas[model.__name__] = schema
        return document

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend it
