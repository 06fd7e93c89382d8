"""The read interface described for programs: OpenAPI 3.1, made from the addresses of the site and what their views say.

A view says what it answers with `describing.answers`, beside its code; tests hold each to it. No list of addresses is
kept.
"""

import re

from django.urls import get_resolver

from .api import public
from .describing import PAGE, TEXT, answers, fields

PREFIX = "api/v1/"


@public
@answers("This description.", {"type": "object"})
def description(request):
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "compar:IA",
            "version": "1",
            "summary": "The models, the ranking and the open data of compar:IA, to read.",
            "description": "GET alone, without a key, from any site. Each answer has an ETag. null: not known.",
            "license": {"name": "Licence Ouverte 2.0", "identifier": "etalab-2.0"},
        },
        "servers": [{"url": request.build_absolute_uri("/")}],
        "paths": {f"/{address}": {"get": operation(address, name, view)} for address, name, view in routes()},
    }


def routes(resolver=None, before=""):
    """(address, name, view) of each address under PREFIX, in OpenAPI's spelling of its parameters."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, route)
        elif route.startswith(PREFIX):
            yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route), pattern.name, pattern.callback


def operation(address, name, view):
    said = view.described
    inside = re.findall(r"{(\w+)}", address)
    responses = {
        "200": {"description": said["summary"], "content": {"application/json": {"schema": said["schema"]}}},
        "304": {"description": "Not changed since the ETag that If-None-Match holds."},
    }
    if inside or said["query"].keys() - PAGE.keys():
        error = {"application/json": {"schema": fields(error=TEXT)}}
        responses["404"] = {"description": "It is not there, or not published yet.", "content": error}
    return {
        "operationId": name,
        "summary": said["summary"],
        "parameters": [
            *({"name": parameter, "in": "path", "required": True, "schema": TEXT} for parameter in inside),
            *(
                {"name": parameter, "in": "query", "description": what, "schema": schema}
                for parameter, (what, schema) in said["query"].items()
            ),
        ],
        "responses": responses,
    }
