"""Static files as production serves them: compressed beforehand, named by their content, kept by browsers for good."""

import shutil

import pytest
from django.conf import settings as ours
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from whitenoise.middleware import WhiteNoiseMiddleware

pytestmark = pytest.mark.django_db  # the command looks at migrations


@pytest.fixture
def collected(tmp_path, settings):
    """Production's storage and middleware over one style sheet of the site."""
    (tmp_path / "ours").mkdir()
    shutil.copy(ours.BASE_DIR / "static/comparia/base.css", tmp_path / "ours/base.css")
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [tmp_path / "ours"], tmp_path / "collected"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = ours.STORAGES | {"staticfiles": {"BACKEND": backend}}
    finders.get_finder.cache_clear()
    call_command("collectstatic", interactive=False, verbosity=0)
    yield WhiteNoiseMiddleware(lambda request: None)
    finders.get_finder.cache_clear()


def test_a_file_named_by_its_content_is_immutable_and_compressed(collected, rf):
    address = staticfiles_storage.url("base.css")
    assert address != "/static/base.css"
    found = {how: collected(rf.get(address, headers={"Accept-Encoding": how})) for how in ("br", "gzip", "identity")}
    assert all("immutable" in response["Cache-Control"] for response in found.values())
    assert [response.get("Content-Encoding", "") for response in found.values()] == ["br", "gzip", ""]
    sizes = [int(response["Content-Length"]) for response in found.values()]
    assert sizes == sorted(sizes)
    for response in found.values():
        response.close()


def test_a_file_by_its_plain_name_is_asked_for_again(collected, rf):
    response = collected(rf.get("/static/base.css"))
    assert "immutable" not in response["Cache-Control"]
    response.close()
