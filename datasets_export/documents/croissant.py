"""The Croissant description of a release: https://docs.mlcommons.org/croissant/, with responsible-AI fields. Pure."""

from typing import Any

from datasets_export.columns import COLUMNS

from . import telling
from .telling import Manifest

VERSIONS = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
TYPES = {
    "string": "sc:Text",
    "int16": "sc:Integer",
    "int32": "sc:Integer",
    "float64": "sc:Float",
    "bool": "sc:Boolean",
    "timestamp": "sc:DateTime",
    "list<string>": "sc:Text",
}
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "conformsTo": "dct:conformsTo",
} | {
    name: f"cr:{name}"
    for name in (
        *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject"),
        *("fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5"),
        *(
            "parentField",
            "path",
            "recordSet",
            "references",
            "regex",
            "repeated",
            "replace",
            "samplingRate",
            "separator",
        ),
        *("source", "subField", "transform"),
    )
}
PARQUET = "application/x-parquet"


def croissant(manifest: Manifest) -> dict[str, Any]:
    """JSON-LD that mlcroissant reads, given the folder: addresses of files are relative to it."""
    turns = telling.turns_files(manifest)
    outcomes = [file for file in manifest["files"] if file["kind"] == "outcomes"]
    date = manifest["created_at"][:10]
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": VERSIONS,
        "name": f"comparia-{manifest['name']}" + ("-DEMO" if telling.is_demo(manifest) else ""),
        "description": ("DEMO: simulated data. " if telling.is_demo(manifest) else "") + telling.WHAT,
        "url": f"{telling.SITE}/datasets/{manifest['name']}/",
        "license": telling.LICENCE,
        "citeAs": f"compar:IA, {telling.TITLE}, release {manifest['name']}, {date}, licence Etalab 2.0",
        "creator": {"@type": "sc:Organization", "name": telling.CREATOR, "url": telling.SITE},
        "publisher": {"@type": "sc:Organization", "name": telling.CREATOR, "url": telling.SITE},
        "datePublished": date,
        "dateModified": date,
        "version": f"{date.replace('-', '')}.{manifest['revision']}.0",
        "keywords": ["human preferences", "large language models", "conversational AI", "pairwise comparison"],
        "inLanguage": sorted(code for code in manifest["counts"]["by_language"] if code not in ("", telling.UNKNOWN)),
        **responsible(manifest),
        "distribution": [*map(of_file, [*turns, *outcomes]), *([of_set(manifest)] if turns else [])],
        "recordSet": [of_turns()] if turns else [],
    }


def of_file(file: Manifest) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file["path"],
        "name": file["path"],
        "description": f"{file['rows']} rows.",
        "contentUrl": file["path"],
        "contentSize": f"{file['bytes']} B",
        "encodingFormat": PARQUET,
        "sha256": file["sha256"],
    }


def of_set(manifest: Manifest) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": "turns",
        "name": "turns",
        "description": "All files of turns, by portal and language of the question, in the folder of the release.",
        "encodingFormat": PARQUET,
        "includes": telling.configs(manifest)["default"],
    }


def of_turns() -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "turn",
        "name": "turn",
        "description": "A question, its two answers, and the vote if there was one.",
        "key": [{"@id": "turn/comparison"}, {"@id": "turn/turn"}],
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"turn/{column.name}",
                "name": column.name,
                "description": column.about,
                "dataType": TYPES[column.type],
                **({"isArray": True, "arrayShape": "-1"} if column.type.startswith("list") else {}),
                "source": {"fileSet": {"@id": "turns"}, "extract": {"column": column.name}},
            }
            for column in COLUMNS
        ],
    }


def responsible(manifest: Manifest) -> dict[str, Any]:
    months = telling.months(manifest)
    left_out = "; ".join(
        f"{entry['turns']} turns: {telling.RULES.get(entry['rule'], entry['rule'])}"
        for entry in manifest["left_out"]
        if entry["turns"]
    )
    return {
        "rai:dataCollection": f"{telling.VOTES} {telling.DRAWS}",
        "rai:dataCollectionType": ["Direct measurement", "Surveys"],
        "rai:dataCollectionMissingData": f"Left out: {left_out}." if left_out else "Nothing was left out.",
        "rai:dataCollectionRawData": "Questions as typed, answers as received, votes as given, on the site itself.",
        **({"rai:dataCollectionTimeframe": [f"{months[0]}-01", manifest["until"][:10]]} if months else {}),
        "rai:dataPreprocessingProtocol": [telling.FILTER],
        "rai:dataManipulationProtocol": "Personal data is replaced by what it was; nothing else is changed.",
        "rai:dataAnnotationProtocol": [telling.VOTES],
        "rai:annotationsPerItem": "One vote at most, by whoever asked the question.",
        "rai:annotatorDemographics": ["Not asked: visitors have no account and tell nothing of themselves."],
        "rai:dataBiases": list(telling.BIASES),
        "rai:dataLimitations": list(telling.LIMITS),
        "rai:dataUseCases": [
            "Ranking models by the preferences of visitors; studying what pleases; evaluation in languages that are "
            "badly served; aligning models.",
            "Not for: telling what is true, profiling visitors, or measuring the opinion of a population.",
        ],
        "rai:dataSocialImpact": "A public record of what people ask AIs and prefer, in languages that large models "
        "serve badly. Scores made from it may reward style over truth.",
        "rai:personalSensitiveInformation": [telling.FILTER, telling.audit(manifest)],
        "rai:dataReleaseMaintenancePlan": "Releases are cumulative and dated. After a withdrawal the text leaves older "
        "ones too, in a revision that its manifest numbers.",
    }
