"""A portal's own look: a colour that can be read everywhere, a logo that holds nothing but pixels, the right theme."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.models import model_to_dict, modelform_factory
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from arena.tests import factories
from portals import colours, pictures
from portals.admin.sites import PortalForm
from portals.models import Portal

TOKENS = {"--c-accent-strong", "--c-on-accent", "--c-accent-tint", "--c-accent-line", "--c-accent", "--c-accent-hover"}
any_colour = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def accents(colour):
    """The tokens of the sheet, in light then in dark."""
    return [
        dict(token.split(": ") for token in line[line.index("{") + 1 : -1].strip(" ;").split("; "))
        for line in colours.sheet(colour).splitlines()
    ]


def test_contrast_is_that_of_wcag():
    assert colours.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert colours.contrast("#0000ff", "#ffffff") == pytest.approx(8.59, abs=0.01)
    assert colours.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@given(any_colour)
@example("#ffff00")
@example("#000000")
def test_every_colour_gives_accents_that_can_be_read_in_light_and_in_dark(colour):
    light, dark = accents(colour)
    assert light.keys() == dark.keys() == TOKENS
    for scheme, grounds in ((light, colours.LIGHT_GROUNDS), (dark, (colours.DARK_GROUND, "#15151a"))):
        assert all(colours.contrast(scheme["--c-accent-strong"], ground) >= 4.5 for ground in grounds)
        assert colours.contrast(scheme["--c-on-accent"], scheme["--c-accent-strong"]) >= 4.5


@pytest.fixture
def portal_form(db):
    form = modelform_factory(Portal, PortalForm, fields="__all__")

    def filled(files=None, **values):
        portal = factories.portal()
        data = model_to_dict(portal, exclude=["logo"]) | {"hosts": "", "languages": "fr,en"} | values
        return form({name: value for name, value in data.items() if value is not None}, files, instance=portal)

    return filled


def test_a_colour_on_which_white_cannot_be_read_is_refused_with_one_that_does(portal_form):
    with override("en"):
        form = portal_form(brand_colour="#FFCC00")
        assert not form.is_valid()
        [message] = form.errors["brand_colour"]
    near = message.split("needed. ")[1][:7]
    assert colours.contrast(near, colours.WHITE) >= 4.5
    assert portal_form(brand_colour=near).is_valid()


@pytest.mark.parametrize("written", ["red", "#fff", "#12345g", "#123456;}"])
def test_what_is_not_a_colour_is_refused(portal_form, written):
    assert "brand_colour" in portal_form(brand_colour=written).errors


def test_the_dsfr_is_refused_outside_the_sites_of_the_state(portal_form, settings):
    settings.ALLOWED_HOSTS = ["*"]
    assert "theme" in portal_form(theme="dsfr", hosts="arena.example").errors
    assert portal_form(theme="dsfr", hosts="comparia.beta.gouv.fr").is_valid()
    assert portal_form(theme="neutral", hosts="arena.example").is_valid()


def picture(kind, size=(900, 300)):
    written = BytesIO()
    Image.new("RGB", size, "#336699").save(written, kind, comment=b"<script>")
    return SimpleUploadedFile(f"Logo final.{kind.lower()}", written.getvalue())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_drawn_anew_and_small(kind):
    kept = pictures.drawn_anew(picture(kind))
    assert kept.name == "Logo final.webp"
    read = Image.open(kept)
    assert (read.format, read.size) == ("WEBP", (512, 171))
    assert b"<script>" not in kept.read()


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        SimpleUploadedFile("a.png", b""),
        SimpleUploadedFile("a.png", picture("PNG").read()[:60]),
        SimpleUploadedFile("a.gif", b"GIF89a" + b"\0" * 40),
        SimpleUploadedFile("a.png", b"\0" * 2_000_001),
    ],
)
def test_what_is_no_small_picture_is_refused(file):
    with pytest.raises(ValidationError):
        pictures.drawn_anew(file)


def test_the_page_of_a_neutral_portal_has_its_colour_its_logo_and_nothing_of_the_state(
    client, portal_form, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    form = portal_form({"logo": picture("PNG")}, theme="neutral", brand_colour="#8a1c4a", name="Arena")
    assert form.is_valid(), form.errors
    portal = form.save()
    page = client.get("/").content.decode()
    assert portal.colours_url in page
    assert portal.logo.url in page
    assert "fr-" not in page.split("</head>")[1].replace("data-fr", "")
    assert "dsfr" not in page
    assert "République" not in page
    sheet = client.get(portal.colours_url)
    assert sheet.headers["Content-Type"].startswith("text/css")
    assert "#8a1c4a" in sheet.text
    served = client.get(portal.logo.url)
    assert served.headers["Content-Type"] == "image/webp"
    assert b"".join(served.streaming_content)[:4] == b"RIFF"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/couleurs/red.css",
        "/couleurs/12345.css",
        "/media/portals/none.webp",
        "/media/portals/..%2Fx.webp",
        "/media/secret.txt",
    ],
)
def test_no_other_sheet_nor_file_is_served(client, path):
    factories.portal()
    assert client.get(path).status_code == 404
