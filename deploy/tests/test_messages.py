"""Collecting the texts to translate and compiling them."""

import gettext
import json
import re
import shutil
from pathlib import Path

import pytest

from comparia.settings import LANGUAGES
from deploy.local.messages import collect, compile_messages

ROOT = Path(__file__).resolve().parents[2]
SITE = """\
import sys
import django
from django.conf import settings
from django.core.management import execute_from_command_line
settings.configure(LOCALE_PATHS=["locale"])
django.setup()
execute_from_command_line(sys.argv)
"""
FRENCH = """\
msgid ""
msgstr ""
"Language: fr\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Vote"
msgstr "Votez"
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The smallest project that has texts to translate, here Vote and Ask."""
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    (tmp_path / "manage.py").write_text(SITE)
    (tmp_path / "texts.py").write_text('print(_("Vote"), _("Ask"))\n')
    french = tmp_path / "locale/fr/LC_MESSAGES/django.po"
    french.parent.mkdir(parents=True)
    french.write_text(FRENCH)
    return tmp_path


@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs gettext")
def test_collecting_adds_the_new_texts_says_how_many_and_changes_nothing_the_second_time(project, capsys):
    collect(project)
    assert "fr: 1 to translate or to check" in capsys.readouterr().out
    french = project / "locale/fr/LC_MESSAGES/django.po"
    once = french.read_text()
    assert 'msgid "Vote"\nmsgstr "Votez"' in once
    assert 'msgid "Ask"\nmsgstr ""' in once
    collect(project)
    assert french.read_text() == once


def test_compiling_makes_each_file_once(project):
    assert compile_messages(project) == 1
    assert compile_messages(project) == 0
    assert gettext.translation("django", project / "locale", ["fr"]).gettext("Vote") == "Votez"


def test_weblate_is_told_of_our_files_and_languages():
    settings = json.loads((ROOT / "deploy/weblate/component.json").read_text())
    found = {file.parts[-3] for file in ROOT.glob(settings["filemask"])}
    assert found == {code for code in found if re.search(settings["language_regex"], code)}
    assert not re.search(settings["language_regex"], "en")
    assert found | {"en"} == set(dict(LANGUAGES))
