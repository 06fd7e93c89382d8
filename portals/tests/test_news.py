"""News: visitors read what is published on their portal, in their language; editors see a draft as it will be."""

from datetime import timedelta
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from arena.tests import factories
from portals.models import NewsItem, Portal

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}
ATOM = "{http://www.w3.org/2005/Atom}"


def news(slug, days=1, portals=None, **fields):
    """An item published some days ago (None: a draft), in English unless its texts are given."""
    when = None if days is None else timezone.now() - timedelta(days=days)
    texts = {"title_en": f"Title {slug}", "summary_en": f"Summary {slug}", "body_en": "Some **words**."}
    given = any(name.startswith("title_") for name in fields)
    defaults = {"kind": "article", "published_at": when} | ({} if given else texts)
    item = NewsItem.objects.create(slug=slug, **defaults | fields)
    item.portals.set(portals or [factories.portal()])
    return item


def titles(client, address="/news/", **options):
    page = client.get(address, headers=ENGLISH, **options).context["page"]
    return [item.slug for item in page]


@pytest.fixture
def editor(client):
    factories.portal()
    client.force_login(User.objects.create_superuser("editor"))
    return client


def test_the_newest_comes_first_after_what_is_pinned(client):
    news("old", days=9, is_pinned=True)
    news("newer", days=2)
    news("newest", days=1)
    assert titles(client) == ["old", "newest", "newer"]


@pytest.mark.parametrize("days", [None, -1])
def test_a_draft_and_what_waits_for_its_day_are_nowhere(client, days):
    news("unseen", days=days)
    assert titles(client) == []
    assert client.get("/news/unseen/").status_code == 404
    for address in ("/", "/news/", "/news/atom.xml"):
        assert "unseen" not in client.get(address, headers=ENGLISH).text


def test_news_of_another_portal_are_nowhere(client):
    factories.portal()
    news("theirs", portals=[Portal.objects.create(code="xx", name="X", languages=["da"], objective=1)])
    assert titles(client) == []
    assert client.get("/news/theirs/").status_code == 404


def test_kinds_filter_the_list_and_only_those_there_are_offered(client):
    news("one", kind="study")
    news("two", kind="event")
    assert titles(client, "/news/?kind=study") == ["one"]
    assert set(titles(client, "/news/?kind=nonsense")) == {"one", "two"}
    page = client.get("/news/?kind=event", headers=ENGLISH)
    assert [value for value, _label in page.context["kinds"]] == ["study", "event"]
    assert 'href="?kind=event" hx-get="/news/?kind=event" aria-current="true"' in page.text


def test_the_fragment_is_what_a_reload_shows(client):
    news("one", kind="study")
    news("two", kind="event")
    fragment = client.get("/news/?kind=study", headers=ENGLISH | {"HX-Request": "true"}).text
    page = client.get("/news/?kind=study", headers=ENGLISH).text
    shown, count = fragment.split('<span id="news-count"')
    assert shown.strip() in page
    assert "1 news item" in count
    assert "<html" not in fragment


@pytest.mark.parametrize("page", ["0", "99", "x", "-1"])
def test_a_page_that_does_not_exist_shows_one_that_does(client, page):
    news("one")
    assert titles(client, f"/news/?page={page}") == ["one"]


def test_the_list_goes_on_over_pages_that_keep_the_kind(client):
    for number in range(13):
        news(f"n{number}", kind="study", days=number + 1)
    news("other", kind="event", days=50)
    first = client.get("/news/?kind=study", headers=ENGLISH)
    assert len(first.context["page"]) == 12
    assert 'href="?kind=study&amp;page=2"' in first.text
    assert titles(client, "/news/?kind=study&page=2") == ["n12"]


def test_one_item_or_three_cost_the_same_queries(client, django_assert_num_queries):
    news("one")
    client.get("/news/")
    with django_assert_num_queries(3):
        client.get("/news/")
    news("two")
    news("three")
    with django_assert_num_queries(3):
        client.get("/news/")


def test_an_item_is_read_in_the_visitors_language_else_in_one_that_it_has(client):
    both = {"title_fr": "Bonjour", "summary_fr": "Résumé", "body_fr": "Corps", "title_en": "Hello", "summary_en": "S"}
    news("both", **both)
    news("french", title_fr="Seulement", summary_fr="En français", body_fr="Corps")
    assert "<h1>Bonjour</h1>" in client.get("/news/both/", headers={"Accept-Language": "fr"}).text
    assert "<h1>Hello</h1>" in client.get("/news/both/", headers=ENGLISH).text
    page = client.get("/news/french/", headers=ENGLISH).text
    assert '<div lang="fr">' in page.replace("\n", "")
    assert "<h1>Seulement</h1>" in page


def test_the_body_is_markdown_and_nothing_that_runs(client):
    news("one", title_en="<i>T</i>", summary_en="S", body_en="**Bold** <script>alert(1)</script> [x](javascript:a)")
    page = client.get("/news/one/", headers=ENGLISH).text
    assert "<strong>Bold</strong>" in page
    assert "<script>alert" not in page
    assert "<i>T</i>" not in page
    assert 'href="javascript' not in page


def test_the_feed_is_atom_with_the_newest_first(client):
    news("old", days=9, is_pinned=True)
    news("new", days=1, title_en="A & <b>", summary_en="S")
    answer = client.get("/news/atom.xml", headers=ENGLISH)
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    for needed in ("id", "title", "updated"):
        assert feed.findtext(f"{ATOM}{needed}")
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["A & <b>", "Title old"]
    assert [entry.find(f"{ATOM}link").get("href") for entry in entries] == [
        "http://testserver/news/new/",
        "http://testserver/news/old/",
    ]
    assert all(entry.findtext(f"{ATOM}{name}") for entry in entries for name in ("id", "updated", "summary"))
    assert '<link rel="alternate" type="application/atom+xml"' in client.get("/news/").text


def test_the_home_page_shows_the_three_latest_without_a_query_each_time(client):
    factories.portal()
    for number in range(4):
        news(f"n{number}", days=number + 1)
    caches["process"].clear()
    page = client.get("/", headers=ENGLISH).text
    assert [f"/news/n{number}/" in page for number in range(4)] == [True, True, True, False]
    NewsItem.objects.all().delete()
    assert "/news/n0/" in client.get("/", headers=ENGLISH).text


def test_search_engines_are_told_of_published_news_and_of_the_pages_about_the_site(client):
    news("one")
    news("unseen", days=None)
    sitemap = client.get("/sitemap.xml").text
    for path in ("/news/one/", "/product/faq/", "/duel/", "/product/comparator/"):
        assert sitemap.count(f"<loc>http://testserver{path}</loc>") == 1
    assert "unseen" not in sitemap


def test_an_item_is_not_said_to_be_on_portals_that_may_not_have_it(client):
    news("one", portals=[factories.portal(hosts=["comparia.beta.gouv.fr"])])
    Portal.objects.filter(code="da").update(is_open=True, hosts=["arena.example"])
    caches["process"].clear()
    assert "hreflang" in client.get("/product/history/").text
    assert "hreflang" in client.get("/news/").text
    assert "hreflang" not in client.get("/news/one/").text


# --- Editors ----------------------------------------------------------------------------------------


def sent(**fields):
    everything = {"kind": "study", "slug": "a-study", "portals": [factories.PORTAL_ID]}
    everything |= {"published_at_0": "", "published_at_1": "", "link": ""}
    return everything | fields


def test_an_editor_sees_a_draft_as_a_page_in_each_language_then_publishes_it(editor):
    item = news("draft", days=None, title_fr="Brouillon", summary_fr="R", title_en="Draft", summary_en="S")
    preview = reverse("admin:preview_news", args=[item.pk])
    assert "<h1>Brouillon</h1>" in editor.get(preview).text
    shown = editor.get(f"{preview}?language=en").text
    assert "<h1>Draft</h1>" in shown
    assert "They do not see it yet" in shown
    assert editor.get(f"{preview}?language=zz").status_code == 200
    assert editor.get(reverse("admin:publish_news", args=[item.pk])).status_code == 405
    assert editor.get("/news/draft/").status_code == 404
    editor.post(reverse("admin:publish_news", args=[item.pk]))
    assert editor.get("/news/draft/").status_code == 200


def test_publishing_twice_keeps_the_first_date(editor):
    item = news("old", days=9)
    editor.post(reverse("admin:publish_news", args=[item.pk]))
    assert NewsItem.objects.get().published_at == item.published_at


def test_a_preview_is_for_staff_who_may_see_news(client):
    item = news("draft", days=None)
    preview = reverse("admin:preview_news", args=[item.pk])
    assert client.get(preview).status_code == 302
    client.force_login(User.objects.create_user("other", is_staff=True))
    assert client.get(preview).headers["Location"] == "/admin/"
    client.post(reverse("admin:publish_news", args=[item.pk]))
    assert NewsItem.objects.get().published_at is None


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "at least one language"),
        ({"title_da": "Titel"}, "something is written in this language"),
        ({"title_fr": "T", "summary_fr": "R", "body_en": "x"}, "something is written in this language"),
        ({"title_fr": "T", "summary_fr": "R", "link": "ftp://example.org/"}, "valid URL"),
        ({"title_fr": "T", "summary_fr": "R", "portals": []}, "required"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_reason(editor, fields, says):
    answer = editor.post(reverse("admin:portals_newsitem_add"), sent(**fields), headers=ENGLISH)
    assert answer.status_code == 200
    assert says in answer.text
    assert not NewsItem.objects.exists()


def test_a_picture_is_drawn_anew_and_one_that_is_none_refused(editor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    drawn = BytesIO()
    Image.new("RGB", (3000, 2000), "#345").save(drawn, "JPEG")
    texts = {"title_fr": "T", "summary_fr": "R"}
    fake = SimpleUploadedFile("x.png", b"<svg onload=alert(1)>")
    add = reverse("admin:portals_newsitem_add")
    assert "cannot be read as a picture" in editor.post(add, sent(picture=fake, **texts), headers=ENGLISH).text
    picture = SimpleUploadedFile("photo of me.jpg", drawn.getvalue())
    assert editor.post(add, sent(picture=picture, **texts)).status_code == 302
    item = NewsItem.objects.get()
    with Image.open(item.picture) as kept:
        assert (kept.format, max(kept.size)) == ("WEBP", 1280)
    assert editor.get(item.picture.url).status_code == 200


def test_a_kind_that_is_none_cannot_be_stored():
    with pytest.raises(IntegrityError):
        NewsItem.objects.create(slug="x", kind="rumour")
