"""An S3 storage of one bucket: objects, lists, multipart uploads, and signatures that are checked."""

import hashlib
import hmac
import json
import uuid
from urllib.parse import parse_qsl, quote, unquote
from xml.etree import ElementTree

from .serving import Place

ACCOUNT, KEY = "AKIAPLANTED", "s3-planted-secret"


class S3(Place):
    kind, place, key, account = "s3", "bucket/open data", KEY, ACCOUNT

    def __init__(self):
        super().__init__()
        self.objects, self.parts, self.uploads = {}, {}, []

    # What a visitor sees

    def seen(self, tag=None):
        """{path: content} of the release that the pointer, or `tag`, names; None without one."""
        if tag is None:
            if "open data/latest.json" not in self.objects:
                return None
            pointer = json.loads(self.objects["open data/latest.json"])
            manifest = self.objects["open data/" + pointer["manifest"]]
            assert pointer["sha256"] == hashlib.sha256(manifest).hexdigest()
            tag = pointer["manifest"].rpartition("/")[0]
        start = f"open data/{tag}/"
        return {path.removeprefix(start): body for path, body in self.objects.items() if path.startswith(start)} or None

    def everything(self):
        return b"".join(self.objects.values())

    # The API

    def answer(self, call):
        if not self.is_signed(call):
            return error(403, "SignatureDoesNotMatch", f"{call.headers.get('authorization')} {KEY}")
        _slash, bucket, key = (unquote(call.path) + "/").split("/", 2)
        key = key.removesuffix("/")
        if bucket != "bucket":
            return error(404, "NoSuchBucket")
        if not key:
            return self.list(call) if call.method == "GET" else error(400, "BadRequest")
        if call.method == "POST":
            return self.multipart(call, key)
        return {"PUT": self.put, "GET": self.get, "HEAD": self.get, "DELETE": self.delete}[call.method](call, key)

    def put(self, call, key):
        tag = f'"{hashlib.md5(call.body, usedforsecurity=False).hexdigest()}"'
        if "partNumber" in call.query:
            self.parts[call.query["uploadId"]][int(call.query["partNumber"])] = call.body
        else:
            self.uploads.append(key)
            self.objects[key] = call.body
        return 200, {"ETag": tag}, b""

    def get(self, call, key):
        if key not in self.objects:
            return error(404, "NoSuchKey")
        body = self.objects[key]
        headers = {"ETag": '"e"', "Last-Modified": "Tue, 24 Nov 2026 10:00:00 GMT", "Content-Length": str(len(body))}
        return 200, headers, body

    def delete(self, call, key):
        self.objects.pop(key, None)
        return 204, {}, b""

    def multipart(self, call, key):
        if "uploads" in call.query:
            made = uuid.uuid4().hex
            self.parts[made] = {}
            return xml(f"<InitiateMultipartUploadResult><UploadId>{made}</UploadId></InitiateMultipartUploadResult>")
        parts = self.parts.pop(call.query["uploadId"])
        asked = ElementTree.fromstring(call.body)
        numbers = [int(found.text) for found in asked.iter() if found.tag.endswith("PartNumber")]
        self.objects[key] = b"".join(parts[number] for number in numbers)
        self.uploads.append(key)
        return xml('<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>')

    def list(self, call):
        prefix = call.query.get("prefix", "")
        found = "".join(
            f"<Contents><Key>{key}</Key><Size>{len(body)}</Size><ETag>e</ETag>"
            "<LastModified>2026-11-24T10:00:00.000Z</LastModified></Contents>"
            for key, body in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        return xml(f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>")

    def is_signed(self, call):
        """Signature version 4, of the headers that it names and of the body."""
        kind, _space, told = call.headers.get("authorization", "").partition(" ")
        fields = dict(field.strip().split("=", 1) for field in told.split(",")) if kind == "AWS4-HMAC-SHA256" else {}
        account, day, region, service, end = (fields.get("Credential", "") + "////").split("/")[:5]
        digest = call.headers.get("x-amz-content-sha256", "")
        if account != ACCOUNT or digest not in ("UNSIGNED-PAYLOAD", hashlib.sha256(call.body).hexdigest()):
            return False
        query = parse_qsl(call.raw_path.partition("?")[2], keep_blank_values=True)
        pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in query)
        headers = "".join(f"{name}:{call.headers[name].strip()}\n" for name in fields["SignedHeaders"].split(";"))
        request = [call.method, call.path, "&".join(f"{k}={v}" for k, v in pairs), headers, fields["SignedHeaders"]]
        hashed = hashlib.sha256("\n".join([*request, digest]).encode()).hexdigest()
        scope = f"{day}/{region}/{service}/{end}"
        text = f"AWS4-HMAC-SHA256\n{call.headers['x-amz-date']}\n{scope}\n{hashed}"
        key = f"AWS4{KEY}".encode()
        for step in (day, region, service, end, text):
            key = hmac.new(key, step.encode(), "sha256").digest()
        return hmac.compare_digest(key.hex(), fields["Signature"])


def xml(text):
    return 200, {"Content-Type": "application/xml"}, f'<?xml version="1.0"?>{text}'.encode()


def error(status, code, message=""):
    return status, {}, xml(f"<Error><Code>{code}</Code><Message>{message}</Message></Error>")[2]
