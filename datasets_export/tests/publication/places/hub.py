"""A Hugging Face Hub of one dataset: its HTTP API and Git LFS, from the Hub's OpenAPI and the documentation of LFS."""

import base64
import hashlib
import json
import re
from urllib.parse import unquote

from .serving import Place

KEY = "hf_planted_secret_of_the_hub"


class Hub(Place):
    kind, place, key = "hub", "acme/arena", KEY

    def __init__(self):
        super().__init__()
        self.exists, self.commits, self.branches, self.tags, self.stored = False, {}, {}, {}, {}
        self.uploads = []

    # What a visitor sees

    def seen(self, revision="main"):
        """{path: content} as a visitor downloads them; None if there is nothing."""
        oid = self.branches.get(revision) or self.tags.get(revision)
        tree = {path: file for path, file in self.commits.get(oid, {}).items() if path != ".gitattributes"}
        return {path: self.content(file) for path, file in tree.items()} or None

    def content(self, file):
        kind, value = file
        return self.stored[value] if kind == "lfs" else value

    def everything(self):
        """All that anyone could still find, in git's history too."""
        held = [value for tree in self.commits.values() for kind, value in tree.values() if kind == "git"]
        return b"".join([*self.stored.values(), *held])

    def sent(self, name):
        return len(self.uploads)

    # The API

    def answer(self, call):
        if call.path.startswith("/lfs/"):
            return self.lfs(call)
        if call.headers.get("authorization") != f"Bearer {KEY}":
            return 401, {}, {"error": f"Invalid credentials: {call.headers.get('authorization')}"}
        for pattern, act in self.ROUTES:
            if found := re.fullmatch(pattern, f"{call.method} {call.path}"):
                if "acme/arena" in call.path and not self.exists:
                    return 404, {"X-Error-Code": "RepoNotFound"}, {"error": "Repository not found"}
                return act(self, call, *map(unquote, found.groups()))
        return 404, {}, {"error": f"not here: {call.method} {call.path}"}

    def whoami(self, call):
        return 200, {}, {"name": "acme", "type": "user"}

    def create(self, call):
        if self.exists:
            return 409, {}, {"error": "You already created this dataset repo", "url": f"{self.url}/datasets/acme/arena"}
        assert (call.json["organization"], call.json["name"], call.json["type"]) == ("acme", "arena", "dataset")
        self.exists = True
        self.put("main", {".gitattributes": ("git", b"*.bin filter=lfs\n")})
        return 200, {}, {"url": f"{self.url}/datasets/acme/arena", "name": "acme/arena", "id": "1"}

    def put(self, branch, tree):
        oid = hashlib.sha1(f"{len(self.commits)}".encode(), usedforsecurity=False).hexdigest()
        self.commits[oid] = tree
        self.branches[branch] = oid
        return oid

    def oid_of(self, revision):
        return self.branches.get(revision) or self.tags.get(revision) or revision

    def refs(self, call):
        def listed(refs, kind):
            return [{"name": k, "ref": f"refs/{kind}/{k}", "targetCommit": v} for k, v in refs.items()]

        return 200, {}, {"branches": listed(self.branches, "heads"), "tags": listed(self.tags, "tags"), "converts": []}

    def info(self, call, revision="main"):
        return 200, {}, {"id": "acme/arena", "sha": self.oid_of(revision), "tags": [], "siblings": []}

    def tree(self, call, revision):
        items = []
        for path, (kind, value) in self.commits[self.oid_of(revision)].items():
            item = {"type": "file", "path": path, "oid": self.git_oid(value), "size": len(self.content((kind, value)))}
            if kind == "lfs":
                item["lfs"] = {"oid": value, "size": item["size"], "pointerSize": 130}
            items.append(item)
        return 200, {}, items

    def git_oid(self, value):
        content = value if isinstance(value, bytes) else value.encode()
        return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()

    def preupload(self, call, revision):
        tree = self.commits[self.oid_of(revision)]
        patterns = re.findall(rb"\*(\.\w+) filter=lfs", tree[".gitattributes"][1])
        files = []
        for file in call.json["files"]:
            is_lfs = file["path"].endswith(tuple(pattern.decode() for pattern in patterns))
            kind, value = tree.get(file["path"], ("", None))
            oid = value if kind == "lfs" else self.git_oid(value) if kind else None
            mode = "lfs" if is_lfs else "regular"
            files.append({"path": file["path"], "uploadMode": mode, "shouldIgnore": False, "oid": oid})
        return 200, {}, {"files": files}

    def batch(self, call):
        assert call.json["hash_algo"] == "sha256"
        objects = []
        for one in call.json["objects"]:
            told = {"oid": one["oid"], "size": one["size"]}
            if one["oid"] not in self.stored:
                verify = {"href": f"{self.url}/lfs/verify"}
                told["actions"] = {
                    "upload": {"href": f"{self.url}/lfs/{one['oid']}?X-Amz-Signature={KEY}"},
                    "verify": verify,
                }
            objects.append(told)
        return 200, {}, {"transfer": "basic", "objects": objects}

    def lfs(self, call):
        if call.path == "/lfs/verify":
            return 200, {}, {}
        assert "authorization" not in call.headers  # the storage is another service: the key is not for it
        oid = call.path.rpartition("/")[2]
        if hashlib.sha256(call.body).hexdigest() != oid:
            return 400, {}, {"error": "checksum"}
        self.uploads.append(oid)
        self.stored[oid] = call.body
        return 200, {}, b""

    def commit(self, call, branch):
        lines = [json.loads(line) for line in call.body.splitlines()]
        header = lines[0]["value"]
        if header.get("parentCommit") not in (None, self.branches[branch]):
            return 412, {}, {"error": "The parent commit is not the last one"}
        tree = dict(self.commits[self.branches[branch]])
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "lfsFile":
                assert value["oid"] in self.stored
                tree[value["path"]] = ("lfs", value["oid"])
            elif line["key"] == "file":
                tree[value["path"]] = ("git", base64.b64decode(value["content"]))
            else:
                assert line["key"] == "deletedFile"
                del tree[value["path"]]
        oid = self.put(branch, tree)
        url = f"{self.url}/datasets/acme/arena/commit/{oid}"
        return 200, {}, {"success": True, "commitOid": oid, "commitUrl": url, "hookOutput": ""}

    def add_tag(self, call, revision):
        if call.json["tag"] in self.tags:
            return 409, {}, {"error": "Tag reference exists already"}
        self.tags[call.json["tag"]] = self.oid_of(revision)
        return 200, {}, {}

    def delete_tag(self, call, tag):
        self.tags.pop(tag)
        return 200, {}, {}

    def add_branch(self, call, branch):
        if branch in self.branches:
            return 409, {}, {"error": "Reference exists already"}
        self.branches[branch] = self.oid_of(call.json.get("startingPoint", "main"))
        return 200, {}, {}

    def delete_branch(self, call, branch):
        self.branches.pop(branch)
        return 200, {}, {}

    def lfs_files(self, call):
        listed = [{"oid": oid, "fileOid": oid, "size": len(body), "pushedAt": "2026-11-24T00:00:00.000Z"} | {
            "filename": "f", "ref": "main"} for oid, body in self.stored.items()]  # fmt: skip
        return 200, {}, listed

    def delete_lfs(self, call):
        assert call.json["deletions"]["rewriteHistory"] is True
        for oid in call.json["deletions"]["sha"]:
            del self.stored[oid]
            for tree in self.commits.values():
                for path in [path for path, file in tree.items() if file == ("lfs", oid)]:
                    tree[path] = ("git", b"removed")
        return 200, {}, {}

    def validate(self, call):
        return 200, {}, {"errors": [], "warnings": []}

    REPO = "/api/datasets/acme/arena"
    ROUTES = [
        ("GET /api/whoami-v2", whoami),
        ("POST /api/repos/create", create),
        ("POST /api/validate-yaml", validate),
        (f"GET {REPO}", info),
        (f"GET {REPO}/refs", refs),
        (f"GET {REPO}/revision/([^/]+)", info),
        (f"GET {REPO}/tree/([^/]+)", tree),
        (f"POST {REPO}/preupload/([^/]+)", preupload),
        ("POST /datasets/acme/arena.git/info/lfs/objects/batch", batch),
        (f"POST {REPO}/commit/([^/]+)", commit),
        (f"POST {REPO}/tag/([^/]+)", add_tag),
        (f"DELETE {REPO}/tag/([^/]+)", delete_tag),
        (f"POST {REPO}/branch/([^/]+)", add_branch),
        (f"DELETE {REPO}/branch/([^/]+)", delete_branch),
        (f"GET {REPO}/lfs-files", lfs_files),
        (f"POST {REPO}/lfs-files/batch", delete_lfs),
    ]
