"""The Hugging Face Hub: files first, out of sight; then one commit that shows all of them; then a tag."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, RepoFile, constants
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import _http, disable_progress_bars

from .doors import Progress, Site
from .parcels import Parcel
from .refusals import Refused, of_status

PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*")
ATTRIBUTES = b"*.parquet filter=lfs diff=lfs merge=lfs -text\n*.jsonl filter=lfs diff=lfs merge=lfs -text\n"
"""All that holds texts is kept out of git: what git holds could not be taken back."""
KEPT = ".gitattributes"
SIDE = "sending-"


class Refs(NamedTuple):
    tags: set[str]
    branches: set[str]


class HubDoor:
    keeps_older = True

    def __init__(self, site: Site) -> None:
        if not site.secret or not PLACE.fullmatch(site.place):
            raise Refused("misconfigured")
        self.api = HfApi(endpoint=site.address, token=site.secret)
        self.repo: dict[str, Any] = {"repo_id": site.place, "repo_type": "dataset"}
        self.address = f"{site.address}/datasets/{site.place}"

    def check(self) -> None:
        with judged():
            self.api.whoami()

    def send(self, parcel: Parcel, progress: Progress, is_latest: bool) -> str:
        with judged():
            self.api.create_repo(**self.repo, exist_ok=True)
            tags = self.refs().tags
            if parcel.tag not in tags:
                self.attributes()
                line = "main" if is_latest else self.side_line(parcel, tags)
                commit = self.commit(parcel, progress, line)
                self.api.create_tag(**self.repo, tag=parcel.tag, revision=commit, exist_ok=True)
            self.clean(parcel)
        return f"{self.address}/tree/{quote(parcel.tag)}"

    def refs(self) -> Refs:
        found = self.api.list_repo_refs(**self.repo)
        return Refs({ref.name for ref in found.tags}, {ref.name for ref in found.branches})

    def attributes(self) -> None:
        """Once, before any data: the Hub decides by what is there already how it keeps each file."""
        lines = [file for file in self.tree("main") if file.path == KEPT]
        if not (lines and lines[0].size == len(ATTRIBUTES)):
            self.api.create_commit(
                **self.repo,
                operations=[CommitOperationAdd(KEPT, ATTRIBUTES)],
                commit_message="Keep what holds texts out of git",
            )

    def tree(self, line: str) -> list[RepoFile]:
        found = self.api.list_repo_tree(**self.repo, revision=line, recursive=True)
        return [item for item in found if isinstance(item, RepoFile)]

    def side_line(self, parcel: Parcel, tags: set[str]) -> str:
        """A branch for a release that is not the latest: what is read by default does not go back."""
        line = SIDE + parcel.tag
        start = next((tag for tag in reversed(parcel.older_tags) if tag in tags), "main")
        self.api.create_branch(**self.repo, branch=line, revision=start, exist_ok=True)
        return line

    def commit(self, parcel: Parcel, progress: Progress, line: str) -> str:
        """One commit after which the line holds this release and nothing else; its id."""
        head = self.api.repo_info(**self.repo, revision=line).sha
        there = {file.path for file in self.tree(line)} - {KEPT}
        additions = []
        for file in parcel.files:
            addition = CommitOperationAdd(file.path, file.source)
            if addition.upload_info.sha256.hex() != file.sha256:
                raise Refused("changed")
            self.api.preupload_lfs_files(**self.repo, additions=[addition], revision=line, free_memory=False)
            additions.append(addition)
            progress.sent(file)
        parcel.check_unchanged()
        gone = [CommitOperationDelete(path) for path in sorted(there - {file.path for file in parcel.files})]
        return self.api.create_commit(
            **self.repo,
            operations=[*additions, *gone],
            revision=line,
            parent_commit=head,
            commit_message=f"Release {parcel.tag}",
        ).oid

    def clean(self, parcel: Parcel) -> None:
        """Nothing that was withdrawn stays under an older name, nor in what the older commits point to."""
        refs = self.refs()
        for tag in refs.tags.intersection(parcel.older_tags):
            self.api.delete_tag(**self.repo, tag=tag)
        for branch in refs.branches.intersection(SIDE + tag for tag in (parcel.tag, *parcel.older_tags)):
            self.api.delete_branch(**self.repo, branch=branch)
        gone = parcel.replaced - {file.sha256 for file in parcel.files}
        if gone:
            files = [file for file in self.api.list_lfs_files(**self.repo) if file.file_oid in gone]
            self.api.permanently_delete_lfs_files(**self.repo, lfs_files=files)


@contextmanager
def judged() -> Iterator[None]:
    """The Hub's client for one publication: no inner retries, whose log repeats addresses, and errors as codes.

    Files go by Git LFS: it names them by SHA-256, as the manifest does.
    """
    before = _http._GLOBAL_CLIENT_FACTORY, constants.HF_HUB_DISABLE_XET
    disable_progress_bars()
    constants.HF_HUB_DISABLE_XET = True
    _http.set_client_factory(client)
    try:
        yield
    except HfHubHTTPError as error:
        raise of_status(error.response.status_code, error.response.headers.get("Retry-After")) or Refused(
            "invalid"
        ) from None
    except RuntimeError as error:
        if isinstance(error.__cause__, Refused):  # from one of the threads that send
            raise error.__cause__ from None
        if isinstance(error.__cause__, HfHubHTTPError):
            raise of_status(error.__cause__.response.status_code) or Refused("invalid") from None
        raise
    except ValueError as error:
        if isinstance(error, Refused):
            raise
        raise Refused("invalid") from None
    finally:
        _http.set_client_factory(before[0])
        constants.HF_HUB_DISABLE_XET = before[1]


def client() -> httpx.Client:
    return httpx.Client(
        transport=Transport(httpx.HTTPTransport()),
        event_hooks={"request": [_http.hf_request_event_hook]},
        follow_redirects=True,
        timeout=120,
    )


class Transport(httpx.BaseTransport):
    """What the client would try again at once stops here: it is tried again later, from where it stopped."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self.inner.handle_request(request)
        except httpx.TransportError:
            raise Refused("cut") from None
        if response.status_code in (408, 429) or response.status_code >= 500:
            response.close()
            raise of_status(response.status_code, response.headers.get("Retry-After")) or Refused("unavailable")
        return response

    def close(self) -> None:
        self.inner.close()
