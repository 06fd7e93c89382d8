"""What the repository promises of itself."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "portals": set(),
    "staff": {"portals"},
    "models_catalog": {"portals", "staff"},
    "arena": {"portals", "staff", "models_catalog"},
    "leaderboard": {"portals", "staff", "models_catalog", "arena"},
    "datasets_export": {"portals", "staff", "models_catalog", "arena"},
}
TEMPLATES = [path for path in (ROOT / "templates").rglob("*.*") if path.suffix in (".html", ".svg", ".txt")]
NAMELESS = {"utils", "helpers", "services", "common", "misc"}


def modules(app):
    """The application's own modules; its tests may arrange any part of the site."""
    return [path for path in (ROOT / app).rglob("*.py") if "tests" not in path.parts]


def imported(path):
    """The top-level packages that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_imports_follow_the_arrows_between_applications(app):
    ours = {*MAY_IMPORT, "comparia", "bench", "deploy"}
    wrong = {
        f"{path.relative_to(ROOT)} imports {package}"
        for path in modules(app)
        for package in imported(path)
        if package in ours - {app} - MAY_IMPORT[app]
    }
    assert wrong == set()


RANKING = [
    "analysing",
    "boards",
    "computing",
    "outcomes",
    "ranking",
    "resampling",
    "simulating",
    "style",
    "tiers",
    "words",
]
"""A board is recomputed from files alone, without the site nor Django."""


@pytest.mark.parametrize(
    "path",
    [
        "arena/masking.py",
        "arena/outcome_file.py",
        "arena/pairing.py",
        "arena/traits.py",
        "models_catalog/impact.py",
        *(
            str(path.relative_to(ROOT))
            for folder in ("arena/markdown", "arena/providers", "leaderboard/trust")
            for path in (ROOT / folder).glob("*.py")
        ),
        *(f"leaderboard/{name}.py" for name in (*RANKING, "manifests", "trusting", "verifying")),
    ],
)
def test_pure_modules_do_not_import_django(path):
    assert "django" not in set(imported(ROOT / path))


def test_every_module_has_a_name_that_says_something():
    assert [path for app in MAY_IMPORT for path in modules(app) if path.stem in NAMELESS] == []


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize("language", ["fr", "da", "sv", "lt"])  # English is that of the code
def test_nothing_is_missing_nor_fuzzy_in_the_interface(language):
    texts = polib.pofile(str(ROOT / f"locale/{language}/LC_MESSAGES/django.po"))
    assert len(texts) > 2000
    assert [entry.msgid for entry in texts if not entry.obsolete and (entry.fuzzy or not entry.translated())] == []


@pytest.mark.parametrize("language", ["fr", "da", "sv", "lt"])
def test_the_texts_of_a_language_are_those_of_the_code(language):
    """Every text that the code marks has its entry: `make messages` collects the new ones."""
    texts = polib.pofile(str(ROOT / f"locale/{language}/LC_MESSAGES/django.po"))
    known = {entry.msgid for entry in texts if not entry.obsolete}
    used = {text for app in (*MAY_IMPORT, "comparia") for path in modules(app) for text in marked(path)}
    used |= {text for path in TEMPLATES for text in re.findall(r'(?:{% translate |_\()"([^"]+)"', path.read_text())}
    assert {text for text in used if not known & {text, text.replace("%", "%%")}} == set()


def marked(path):
    """The literal texts given to gettext in a module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "gettext"):
            yield from (text.value for text in node.args[:1] if isinstance(text, ast.Constant))


@pytest.mark.parametrize("language", ["fr", "da", "sv", "lt"])
def test_translations_keep_the_placeholders_and_have_every_plural_form(language):
    """Where a form serves several numbers, as the Lithuanian singular does 1, 21 and 31, it must name the number."""
    texts = polib.pofile(str(ROOT / f"locale/{language}/LC_MESSAGES/django.po"))
    count = int(re.search(r"nplurals=(\d)", texts.metadata["Plural-Forms"])[1])
    wrong = []
    for entry in (entry for entry in texts if not entry.obsolete):
        one, many = placeholders(entry.msgid), placeholders(entry.msgid_plural or entry.msgid)
        forms = list(entry.msgstr_plural.values()) or [entry.msgstr]
        singular, *others = [placeholders(form) for form in forms]
        is_right = one & many <= singular <= one | many and {*others} <= {many}
        if language == "lt":
            is_right &= bool(singular) == bool(many)
        if not is_right or len(forms) != (count if entry.msgid_plural else 1):
            wrong.append((entry.msgid, forms))
    assert wrong == []


def placeholders(text):
    return frozenset(re.findall(r"%\(\w+\)|%[sd]", text))
