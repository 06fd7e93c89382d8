"""A second theme must be possible: only a theme's own folder knows the DSFR."""

import re

import pytest
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from portals import views
from portals.models import Portal

TEMPLATES = settings.BASE_DIR / "templates"
STATIC = settings.BASE_DIR / "static"
OF_THE_DSFR = re.compile(r"""\bfr-[a-z]|data-fr-|dsfr/|var\(--(?:blue|red|green|grey|background|border|text)-""")
INLINE = re.compile(r"""<style\b|\sstyle=|\son[a-z]+=["']|<script(?![^>]*\ssrc=)|javascript:""")


def files(folder, *suffixes):
    return sorted(path for path in folder.rglob("*") if path.suffix in suffixes)


def is_of_a_theme(path):
    return "themes" in path.parts


def test_the_dsfr_is_known_by_its_theme_alone():
    ours = [path for path in [*files(TEMPLATES, ".html"), *files(STATIC, ".css", ".js")] if not is_of_a_theme(path)]
    outside = [path for path in ours if not path.name.startswith("admin")]  # Django's admin has such names of its own
    assert len(outside) > 30
    assert [path for path in outside if OF_THE_DSFR.search(path.read_text())] == []


def test_the_rule_would_find_a_class_of_the_dsfr():
    assert OF_THE_DSFR.search('<div class="fr-card">')


def test_templates_hold_no_inline_script_nor_style():
    assert [path for path in files(TEMPLATES, ".html") if INLINE.search(path.read_text())] == []


def test_colours_are_the_theme_s():
    """A colour written in a style sheet of ours would stay as it is in another theme, or in the dark.

    The admin is of no theme: its sheets have Django's own colours for neighbours, and their own for the dark.
    """
    written = re.compile(r"#[0-9a-f]{3,8}\b(?![^\n]*mask)", re.IGNORECASE)
    ours = [path for path in files(STATIC / "comparia", ".css") if not path.name.startswith("admin")]
    found = {path.name: written.findall(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)) for path in ours}
    assert {name: colours for name, colours in found.items() if set(colours) - {"#000"}} == {}


@pytest.mark.parametrize("theme", Portal.Theme.values)
def test_tokens_used_are_tokens_defined(theme):
    tokens = (STATIC / f"themes/{theme}/theme.css").read_text()
    local = {
        "--c-side",
        "--c-side-text",
        "--c-side-tint",
        "--c-side-line",
        "--c-kind",
        "--c-kind-tint",
        "--c-vote",
        "--c-bar",
    }
    ours = "".join(path.read_text() for path in files(STATIC / "comparia", ".css"))
    used = set(re.findall(r"var\((--c-[a-z-]+)", ours))
    assert used - set(re.findall(r"(--c-[a-z-]+):", tokens)) - local == set()


def test_the_neutral_theme_knows_nothing_of_the_dsfr():
    neutral = [*files(TEMPLATES / "themes/neutral", ".html"), *files(STATIC / "themes/neutral", ".css")]
    assert len(neutral) >= 4
    assert [path for path in neutral if OF_THE_DSFR.search(path.read_text())] == []


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_error_pages_render_without_request_nor_database(status):
    page = render_to_string(f"{status}.html")
    assert page.count("<h1>") == 1
    assert str(status) in page


def test_server_error_asks_nothing_of_the_request_but_the_theme_of_its_portal():
    request = RequestFactory().get("/")
    response = views.server_error(request)
    assert response.status_code == 500
    assert "République" not in response.text
    request.portal = Portal(theme="dsfr")
    assert "République" in views.server_error(request).text


def test_a_component_is_the_theme_s_where_it_has_one():
    class Portal:
        theme = "dsfr"

    button = Template('{% component "button" %}Compare{% endcomponent %}')
    assert 'class="fr-btn"' in button.render(Context({"portal": Portal}))
    assert "fr-" not in button.render(Context())
