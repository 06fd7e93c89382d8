"""The page where the staff tries an endpoint: over HTTP, with the site and the scripted provider in their processes."""

import re
from datetime import timedelta

import aiohttp
import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from arena.database import unit_of_work
from arena.models import Attempt, Comparison
from bench.provider import SECRET
from models_catalog import availability
from models_catalog.models import Endpoint

KEY = "sk-the-key-of-the-trial"
QUESTION = {"prompt": "Pourquoi <b>le ciel</b> ?"}


def session_of(*rights, is_staff=True):
    """The cookie of a user who has these rights."""
    user = User.objects.create_user("essai", is_staff=is_staff)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


@pytest.fixture
def staff_client(db):
    user = User.objects.create_user("essai", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="change_endpoint"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def tried(site, models):
    """Try an endpoint of this behaviour: the status, and the pieces of the page as they came."""

    @unit_of_work
    def made(behaviour, fields):
        endpoint = models(behaviour)[0].endpoints.get()
        Endpoint.objects.filter(pk=endpoint.pk).update(**fields)
        return endpoint.pk, session_of("change_endpoint")

    async def try_it(behaviour, **fields):
        pk, session = await made(behaviour, fields)
        address = f"{site.url}/admin/endpoints/{pk}/trial/"
        cookies = {"sessionid": session, "django_language": "en"}
        jar = aiohttp.CookieJar(unsafe=True)  # the site has an address and no name
        async with aiohttp.ClientSession(cookies=cookies, cookie_jar=jar) as http:
            async with http.get(address) as response:
                page = await response.text()
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
            sent = QUESTION | {"csrfmiddlewaretoken": token}
            async with http.post(address, data=sent) as response:
                pieces = [piece.decode() async for piece, _end in response.content.iter_chunks()]
                assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        return pk, response.status, pieces

    return try_it


@unit_of_work
def answered_at(pk):
    return Endpoint.objects.get(pk=pk).answered_at


@unit_of_work
def state(pk):
    return availability.state_of([pk])[pk]


def figures(page):
    """The figures that the page shows, by their names."""
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', page, re.DOTALL)
    return {name: re.sub("<.*?>", "", value).strip() for name, value in rows}


@pytest.mark.asyncio
async def test_the_answer_comes_piece_by_piece_then_its_figures(tried):
    pk, status, pieces = await tried("paced?chunks=30&delay=0.05")
    page = "".join(pieces)
    assert status == 200
    assert page.rstrip().endswith("</html>")
    begun = next(number for number, piece in enumerate(pieces) if 'class="trial-text"' in piece)
    ended = next(number for number, piece in enumerate(pieces) if 'class="trial-figures"' in piece)
    assert ended - begun > 3
    found = figures(page)
    assert re.fullmatch(r"\d\.\d\d s", found["Time to the first token"])
    assert re.fullmatch(r"\d\.\d\d s", found["Time in all"])
    assert found["Tokens of the answer"] == "30"
    assert found["Tokens of the question"] == "4"
    assert float(found["Tokens a second"]) > 0
    assert found["Why it ended"] == "stop"
    assert timezone.now() - await answered_at(pk) < timedelta(minutes=1)
    assert (await state(pk)).answered_at is not None


@pytest.mark.asyncio
async def test_what_the_model_writes_is_escaped_and_its_thoughts_stand_apart(tried):
    _pk, _status, pieces = await tried("echo?reasoning=reasoning_content")
    page = "".join(pieces)
    answer = page[page.index('<section class="trial-answer"') :]
    assert '<p class="trial-thought">La personne attend' in answer
    assert '<p class="trial-text">Pourquoi &lt;b&gt;le ciel&lt;/b&gt; ?</p>' in answer
    assert "<b>" not in answer


FAILURES = {
    "unauthorized": ("misconfigured", "HTTP 401", "the key is wrong"),
    "not-found": ("misconfigured", "HTTP 404", "the name of the model"),
    "rate-limited": ("overloaded", "HTTP 429", "limits our calls"),
    "broken": ("unknown", "HTTP 500", "the provider’s own trouble"),
    "timeout-before": ("timeout", "", "Nothing came in time"),
    "empty": ("empty_answer", "", "without any text"),
    "cut": ("interrupted", "", "cut the answer before its end"),
    "filtered": ("content_filtered", "", "blocked the answer"),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("behaviour", FAILURES)
async def test_a_failure_is_told_by_its_code_with_what_to_check_and_no_secret(tried, site, behaviour):
    pk, status, pieces = await tried(behaviour)
    page = "".join(pieces)
    code, detail, advice = FAILURES[behaviour]
    assert status == 200
    failure = re.search(r'<p class="errornote trial-failure"><strong>(.*?)</strong>(.*?)</p>', page, re.DOTALL)
    assert failure[1].startswith(code)
    assert detail in failure[1]
    assert advice in failure[2]
    assert SECRET not in page + site.log()
    assert await answered_at(pk) is None
    assert (await state(pk)).failures == (0 if code == "content_filtered" else 1)


@pytest.mark.asyncio
async def test_nothing_of_a_trial_is_a_comparison(tried):
    await tried("quick")
    assert not await unit_of_work(Comparison.objects.exists)()
    assert not await unit_of_work(Attempt.objects.exists)()


@pytest.mark.django_db
def test_a_key_that_is_missing_is_told_by_its_name_and_nothing_is_called(models, scripted, staff_client):
    scripted.reset()
    [model] = models("quick")
    model.endpoints.update(api_key_variable="NO_SUCH_KEY")
    address = f"/admin/endpoints/{model.endpoints.get().pk}/trial/"
    for response, status in ((staff_client.get(address), 200), (staff_client.post(address, QUESTION), 422)):
        assert response.status_code == status
        assert "NO_SUCH_KEY" in response.content.decode()
        assert "<form method" not in response.content.decode().split('id="content-main"')[1]
    assert scripted.calls() == []


@pytest.mark.django_db
def test_a_key_that_is_there_is_never_shown(models, staff_client, monkeypatch):
    monkeypatch.setenv("TRIAL_KEY", KEY)
    [model] = models("quick")
    model.endpoints.update(api_key_variable="TRIAL_KEY")
    page = staff_client.get(f"/admin/endpoints/{model.endpoints.get().pk}/trial/").content.decode()
    assert 'name="prompt"' in page
    assert KEY not in page


@pytest.mark.django_db
@pytest.mark.parametrize("prompt", ["", "   ", "a" * 2001])
def test_a_bad_question_is_refused_and_nothing_is_called(models, scripted, staff_client, prompt):
    scripted.reset()
    [model] = models("quick")
    response = staff_client.post(f"/admin/endpoints/{model.endpoints.get().pk}/trial/", {"prompt": prompt})
    assert response.status_code == 422
    assert "errornote" in response.content.decode()
    assert scripted.calls() == []


@pytest.mark.django_db
def test_an_endpoint_that_does_not_exist_is_a_404(staff_client):
    assert staff_client.get("/admin/endpoints/999999/trial/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rights", "is_staff", "status"),
    [
        (None, False, 302),
        ([], True, 403),
        (["view_endpoint", "view_languagemodel"], True, 403),
        (["change_endpoint"], False, 302),
        (["change_endpoint"], True, 200),
        (["change_languagemodel"], True, 200),
    ],
)
def test_only_staff_who_may_change_endpoints_or_models_can_try(models, scripted, rights, is_staff, status):
    scripted.reset()
    address = f"/admin/endpoints/{models('quick')[0].endpoints.get().pk}/trial/"
    client = Client()
    if rights is not None:
        client.cookies["sessionid"] = session_of(*rights, is_staff=is_staff)
    response = client.get(address)
    assert response.status_code == status
    if status == 302:
        assert response.headers["Location"] == f"/admin/login/?next={address}"
    if status != 200:
        assert client.post(address, QUESTION).status_code == status
        assert scripted.calls() == []
