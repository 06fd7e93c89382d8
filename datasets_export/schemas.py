"""The releases as the read interface gives them: docs/api.md, in JSON Schema."""

from models_catalog.describing import ADDRESS, ANY, COUNT, NUMBER, TEXT, TIME, each, fields, mapping, maybe, paged

AUDIT = {
    "type": "object",
    "properties": {"rows": COUNT, "found": COUNT, "upper_bound": NUMBER, "release": TEXT},
    "required": ["rows", "found", "upper_bound"],
    "additionalProperties": False,
}
RELEASE = {
    "name": TEXT,
    "revision": COUNT,
    "created_at": TIME,
    "until": TIME,
    "demo": {"enum": ["", "DEMO"]},
    "scope": fields(portal=TEXT, language=TEXT),
    "licence": TEXT,
    "previous": maybe(fields(name=TEXT, revision=COUNT)),
    "counts": fields(
        **dict.fromkeys(("turns", "comparisons", "voted", "visitors"), COUNT),
        **dict.fromkeys(("by_portal", "by_language", "by_month", "by_choice", "by_model"), mapping(COUNT)),
    ),
    "left_out": each(fields(rule=TEXT, turns=COUNT)),
    "bytes": COUNT,
    "manifest_sha256": maybe(TEXT),
    "audit": maybe(AUDIT),
    "url": ADDRESS,
    "page": ADDRESS,
    "published": each(fields(place=TEXT, url=ADDRESS, revision=COUNT)),
}
RELEASES = paged("datasets", fields(**RELEASE))
WHOLE = fields(**RELEASE, manifest=mapping(ANY))
