"""A data.gouv.fr: the datasets and resources of its API, version 1."""

import hashlib
import re
import uuid

from .serving import Place

KEY = "datagouv-planted-secret"


class Datagouv(Place):
    kind, place, key = "datagouv", "", KEY

    def __init__(self):
        super().__init__()
        self.datasets, self.contents, self.uploads = {}, {}, []

    # What a visitor sees

    def seen(self, release=None):
        """{path: content} of the release that the dataset names; None while it is hidden or empty."""
        shown = [dataset for dataset in self.datasets.values() if not dataset["private"]]
        if not shown:
            return None
        (dataset,) = shown
        tag = dataset["extras"].get("comparia:release")
        assert dataset["description"].startswith(f"**{tag}**")
        seen = {}
        for resource in dataset["resources"]:
            if resource["title"].startswith(f"{tag} · "):
                assert resource["title"] not in seen
                seen[resource["title"].removeprefix(f"{tag} · ")] = self.contents[resource["id"]]
        return seen

    def everything(self):
        held = [resource["id"] for dataset in self.datasets.values() for resource in dataset["resources"]]
        return b"".join(self.contents[one] for one in held)

    # The API

    def answer(self, call):
        if call.headers.get("x-api-key") != KEY and (call.method != "GET" or call.path == "/api/1/me/"):
            return 401, {}, {"message": f"Invalid API Key {call.headers.get('x-api-key')}"}
        for pattern, act in self.ROUTES:
            if found := re.fullmatch(pattern, f"{call.method} {call.path}"):
                dataset, *rest = found.groups() or [None]
                if dataset and dataset not in self.datasets:
                    return 404, {}, {"message": "Dataset not found"}
                return act(self, call, *([self.datasets[dataset]] if dataset else []), *rest)
        return 404, {}, {"message": f"not here: {call.method} {call.path}"}

    def me(self, call):
        return 200, {}, {"id": "1"}

    def extensions(self, call):
        return 200, {}, ["csv", "json", "parquet", "txt", "pdf"]

    def create(self, call):
        if not (call.json.get("title") and call.json.get("description")):
            return 400, {}, {"errors": {"title": ["required"]}}
        made = {"extras": {}, "resources": [], "organization": None, **call.json, "id": uuid.uuid4().hex[:24]}
        if organisation := call.json.get("organization"):
            made["organization"] = {"id": organisation, "name": "Acme"}
        self.datasets[made["id"]] = made
        return 201, {}, made

    def get(self, call, dataset):
        return 200, {}, dataset

    def update(self, call, dataset):
        dataset.update(call.json)
        return 200, {}, dataset

    def upload(self, call, dataset):
        name, content = part(call)
        if name.rpartition(".")[2] not in self.extensions(call)[2]:
            return 400, {}, {"message": "Unauthorized file type"}
        self.uploads.append(name)
        made = {
            "id": str(uuid.uuid4()),
            "title": name,
            "url": f"{self.url}/resources/20261124-101112/{name.lower()}",
            "filetype": "file",
            "type": "main",
            "filesize": len(content),
            "checksum": {"type": "sha1", "value": hashlib.sha1(content, usedforsecurity=False).hexdigest()},
            "extras": {},
        }
        self.contents[made["id"]] = content
        dataset["resources"].insert(0, made)
        return 201, {}, made

    def order(self, call, dataset):
        ids = [one["id"] for one in call.json]
        if sorted(ids) != sorted(one["id"] for one in dataset["resources"]):
            return 400, {}, {"message": "All resources must be reordered"}
        dataset["resources"].sort(key=lambda one: ids.index(one["id"]))
        return 200, {}, dataset["resources"]

    def change(self, call, dataset, resource):
        (one,) = [one for one in dataset["resources"] if one["id"] == resource]
        one.update(call.json)
        return 200, {}, one

    def delete(self, call, dataset, resource):
        kept = [one for one in dataset["resources"] if one["id"] != resource]
        if len(kept) == len(dataset["resources"]):
            return 404, {}, {"message": "Resource not found"}
        dataset["resources"] = kept
        return 204, {}, b""

    ROUTES = [
        ("GET /api/1/me/", me),
        ("GET /api/1/datasets/extensions/", extensions),
        ("POST /api/1/datasets/", create),
        ("GET /api/1/datasets/([^/]+)/", get),
        ("PUT /api/1/datasets/([^/]+)/", update),
        ("POST /api/1/datasets/([^/]+)/upload/", upload),
        ("PUT /api/1/datasets/([^/]+)/resources/", order),
        ("PUT /api/1/datasets/([^/]+)/resources/([^/]+)/", change),
        ("DELETE /api/1/datasets/([^/]+)/resources/([^/]+)/", delete),
    ]


def part(call):
    """The file of a multipart form: (its name, its content)."""
    boundary = re.search(r"boundary=([^;]+)", call.headers["content-type"])[1].strip('"').encode()
    head, _blank, rest = call.body.partition(b"\r\n\r\n")
    name = re.search(rb'filename="([^"]+)"', head)[1].decode()
    return name, rest[: rest.rindex(b"\r\n--" + boundary)]
