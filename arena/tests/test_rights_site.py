"""Rights over HTTP, while answers are being written: one daphne process, the scripted provider, real stores."""

import asyncio
import json

import pytest
from django_redis import get_redis_connection

from arena.database import unit_of_work
from arena.models import Answer, Comparison
from arena.tests import factories
from bench.visitor import Visitor

pytestmark = [pytest.mark.asyncio]

PROMPT = "Pourquoi le ciel est-il bleu le jour et noir la nuit ?"
SLOW = ("paced-a?chunks=4000&delay=0.02", "paced-b?chunks=4000&delay=0.02")


@pytest.fixture
def pair(site, models):
    """Make two models of these behaviours; their slugs."""

    @unit_of_work
    def make(*behaviours):
        return [model.slug for model in models(*behaviours)]

    return make


@unit_of_work
def answers():
    return list(Answer.objects.order_by("pk").values("status", "text", "reasoning", "claim_token"))


@unit_of_work
def tokens():
    return list(Answer.objects.filter(status="streaming").values_list("claim_token", flat=True))


async def until(condition):
    """Wait for a condition, and give what it returned."""
    for _ in range(300):
        if found := await condition():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError("What was waited for did not come.")


def drafts_of(claims):
    redis = get_redis_connection("default")
    return [key for token in claims for key in redis.keys(f"draft:{token}:*")]


async def test_erasing_stops_what_is_being_written_and_nothing_is_written_afterwards(site, pair, scripted):
    scripted.reset()
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair(*SLOW))
        async with visitor.socket(path) as socket:
            await socket.receive()
            claims = await until(tokens)
            await until(lambda: asyncio.to_thread(drafts_of, claims))  # the beat wrote what came so far
            status, _text, _headers = await visitor.post("/mes-comparaisons/effacer/", htmx=False)
            assert status == 302
        gone = [{"status": "interrupted", "text": "", "reasoning": "", "claim_token": None}] * 2
        assert await answers() == gone

        async def no_draft_left():
            return not await asyncio.to_thread(drafts_of, claims)

        await until(no_draft_left)
        await asyncio.sleep(3)  # two beats: who wrote them has had time to save, if it could
        assert await answers() == gone
        assert await no_draft_left()
        assert (await visitor.get(path))[0] == 404


async def test_the_copy_holds_all_that_was_given_and_hides_the_models_until_the_reveal(site, pair):
    async with Visitor(site.url) as visitor, Visitor(site.url) as other:
        slugs = await pair("quick-a", "quick-b")
        path = await visitor.ask(PROMPT, slugs)
        await visitor.follow(path)
        await visitor.vote(path, comment_a="Bien vu")
        elsewhere = await other.ask("Celle d’un autre", slugs)
        await other.follow(elsewhere)

        status, text = await visitor.get("/mes-comparaisons/copie/")
        assert status == 200
        assert [slug for slug in slugs if slug in text] == []
        [comparison] = json.loads(text)["comparisons"]
        [turn] = comparison["turns"]
        assert (comparison["address"], turn["prompt"], turn["vote"]["comment_a"]) == (path, PROMPT, "Bien vu")
        assert [len(answer["text"]) > 5 for answer in turn["answers"]] == [True, True]
        assert [key for key in (await keys()) if key in text] == []

        await visitor.reveal(path)
        [comparison] = json.loads((await visitor.get("/mes-comparaisons/copie/"))[1])["comparisons"]
        assert sorted((comparison["model_a"], comparison["model_b"])) == sorted(slugs)


@unit_of_work
def keys():
    return [str(key) for pair in Comparison.objects.values_list("visitor_key", "submission_key") for key in pair]


async def test_the_copy_of_many_comparisons_is_one_json_text(site):
    @unit_of_work
    def make(key):
        models = [factories.language_model(), factories.language_model()]
        for _ in range(45):
            factories.turn(factories.comparison(visitor_key=key, model_a=models[0], model_b=models[1]))

    async with Visitor(site.url) as visitor:
        await visitor.open_form()
        [key] = [cookie.value for cookie in visitor.http.cookie_jar if cookie.key == "visitor"]
        assert json.loads((await visitor.get("/mes-comparaisons/copie/"))[1]) == {
            "comparisons": [],
            "class_rooms": [],
            "class_room_votes": [],
        }
        await make(key)
        async with visitor.http.get(f"{site.url}/mes-comparaisons/copie/") as response:
            assert "attachment" in response.headers["Content-Disposition"]
            assert len((await response.json())["comparisons"]) == 45


async def test_the_receipt_is_shown_with_the_first_vote(site, pair):
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair("quick-a", "quick-b"))
        await visitor.follow(path)
        [receipt] = await unit_of_work(lambda: list(Comparison.objects.values_list("receipt", flat=True)))()
        link = f'href="/recu/{receipt}/"'
        assert link not in (await visitor.get(path))[1]
        assert link in (await visitor.vote(path))[1]
        assert link in (await visitor.get(path))[1]
        assert link in (await visitor.reveal(path))[1]
        assert (await visitor.get(f"/recu/{receipt}/"))[0] == 200
