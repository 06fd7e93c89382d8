"""data.gouv.fr: new files beside the old ones, then one change of the dataset that names the new release, then the
old files go. The official client does the calls."""

import re
import tempfile
from pathlib import Path
from typing import Any

import niquests
from datagouv import Client, Dataset, Resource

from .doors import Progress, Site
from .parcels import File, Parcel
from .refusals import Refused, of_status

RELEASE, PATH, SHA256 = "comparia:release", "comparia:path", "comparia:sha256"
DATA = {"turns", "outcomes", "legacy"}
PLACE = re.compile(r"[A-Za-z0-9-]*")
TITLE = "compar:IA: conversations, votes et réactions"


class DatagouvDoor:
    keeps_older = False

    def __init__(self, site: Site) -> None:
        if not site.secret or not PLACE.fullmatch(site.place):
            raise Refused("misconfigured")
        self.client = Client(api_key=site.secret, verbose=False)
        headers = self.client.session.headers
        self.client.session = Session(timeout=120, headers=headers)
        self.client.base_url = site.address
        self.place, self.organisation = site.place, site.account

    def check(self) -> None:
        self.client.session.get(f"{self.client.base_url}/api/1/me/")
        if self.place:
            self.client.dataset(self.place)

    def send(self, parcel: Parcel, progress: Progress, is_latest: bool) -> str:
        if not is_latest:
            raise Refused("superseded")
        dataset = self.dataset(parcel, progress)
        allowed = set(self.client.session.get(f"{self.client.base_url}/api/1/datasets/extensions/").json())
        self.remove(dataset, [resource for resource in dataset.resources if is_half_sent(resource, parcel)])
        there = {marks(resource).get(PATH, ""): resource for resource in self.of(dataset, parcel.tag)}
        for file in parcel.files:
            known = there.get(file.path)
            if known is None or marks(known).get(SHA256) != file.sha256:
                self.upload(dataset, parcel, file, allowed)
            progress.sent(file)
        dataset.refresh()
        self.check_whole(dataset, parcel)
        parcel.check_unchanged()
        order = {file.path: place for place, file in enumerate(parcel.files)}
        dataset.sort_resources(
            sort_function=lambda found: sorted(
                found,
                key=lambda one: (
                    order.get(marks(one).get(PATH, ""), 0) if marks(one).get(RELEASE) == parcel.tag else 1e6
                ),
            )
        )
        dataset.update(
            {
                "description": description(parcel),
                "extras": {**(dataset.extras or {}), RELEASE: parcel.tag},
                "private": False,
            }
        )
        dataset.refresh()
        ours = [resource for resource in dataset.resources if RELEASE in marks(resource)]
        self.remove(dataset, [resource for resource in ours if marks(resource)[RELEASE] != parcel.tag])
        return f"{self.client.base_url}/datasets/{dataset.id}/"

    def dataset(self, parcel: Parcel, progress: Progress) -> Dataset:
        """The one of this place; made, and hidden until it holds a whole release, if the place names none."""
        if place := self.place or progress.noted("dataset"):
            return self.client.dataset(place)
        payload = {"title": TITLE, "description": description(parcel), "license": "lov2", "private": True}
        if self.organisation:
            payload["organization"] = self.organisation
        made = self.client.create_dataset({**payload, "frequency": "unknown"})
        progress.note("dataset", made.id)
        return made

    def of(self, dataset: Dataset, tag: str) -> list[Resource]:
        return [resource for resource in dataset.resources if marks(resource).get(RELEASE) == tag]

    def upload(self, dataset: Dataset, parcel: Parcel, file: File, allowed: set[str]) -> None:
        """Under a name that tells the release. An extension that the service does not take becomes .txt."""
        name = sent_name(parcel.tag, file)
        if allowed and name.rpartition(".")[2] not in allowed:
            name += ".txt"
        payload = {
            "title": f"{parcel.tag} · {file.path}",
            "type": "main" if file.kind in DATA else "documentation",
            "extras": {RELEASE: parcel.tag, PATH: file.path, SHA256: file.sha256},
        }
        with tempfile.TemporaryDirectory() as folder:
            link = Path(folder) / name
            link.symlink_to(file.source.resolve())
            dataset.create_static(str(link), payload)

    def remove(self, dataset: Dataset, resources: list[Resource]) -> None:
        for resource in resources:
            resource.delete()

    def check_whole(self, dataset: Dataset, parcel: Parcel) -> None:
        """The service says the size of what it holds."""
        sizes = {marks(resource).get(PATH): resource.filesize for resource in self.of(dataset, parcel.tag)}
        if any(file.path not in sizes or sizes[file.path] not in (None, file.size) for file in parcel.files):
            raise Refused("cut")


def marks(resource: Resource) -> dict[str, str]:
    return resource.extras or {}


def sent_name(tag: str, file: File) -> str:
    return f"comparia-{tag}-{file.path.replace('/', '-')}"


def is_half_sent(resource: Resource, parcel: Parcel) -> bool:
    """A file of this release that lacks its marks: the work stopped just after it was sent."""
    names = {letters(sent_name(tag, file)) for tag in (parcel.tag, *parcel.older_tags) for file in parcel.files}
    found = letters((resource.url or "").rpartition("/")[2])
    return RELEASE not in marks(resource) and any(found.startswith(name) for name in names)


def letters(name: str) -> str:
    """A name without what the service may change in it."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def description(parcel: Parcel) -> str:
    """The card of the release, in Markdown, without the header that is meant for the Hub."""
    text = parcel.read("README.md").decode(errors="replace")
    if text.startswith("---\n"):
        text = text.partition("\n---\n")[2]
    return f"**{parcel.tag}**\n\n{text.strip()}\n"


class Session(niquests.Session):
    """Errors as codes, and no redirection: the key would follow it."""

    def request(self, *args: Any, **options: Any) -> Any:
        options["allow_redirects"] = False
        try:
            response = super().request(*args, **options)
        except (niquests.RequestException, OSError):
            raise Refused("cut") from None
        if refused := of_status(response.status_code or 0, response.headers.get("Retry-After")):
            raise refused
        return response
