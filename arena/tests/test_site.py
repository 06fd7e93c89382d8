"""The site as a whole, over HTTP and sockets: one daphne process, the scripted provider, PostgreSQL and Redis."""

import asyncio
import contextlib
import re
import uuid
from datetime import timedelta

import aiohttp
import pytest
from django.conf import settings
from django.utils import timezone

from arena import drafts
from arena.database import unit_of_work
from arena.models import Answer, Attempt, Comparison, Turn, Vote
from bench.provider import SECRET
from bench.visitor import Visitor

pytestmark = [pytest.mark.asyncio]

PROMPT = "Pourquoi le ciel est-il bleu le jour et noir la nuit ?"


@unit_of_work
def rows(model, **filters):
    return list(model.objects.filter(**filters).order_by("pk"))


async def test_the_whole_journey_from_the_question_to_the_reveal(site, pair):
    slugs = await pair("paced-a?chunks=12&delay=0.05", "paced-b?chunks=12&delay=0.05")
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, slugs)
        messages = await visitor.follow(path)
        status, page = await visitor.get(path)
        assert status == 200
        assert all(slug not in page for slug in slugs)
        status, html, _headers = await visitor.vote(path, tags_a="useful", comment_a="Bien vu")
        assert status == 200
        assert all(slug not in html for slug in slugs)
        status, html, _headers = await visitor.reveal(path)
        assert status == 200
        assert all(f"Modèle {slug}" in html for slug in slugs)
        assert (await visitor.get(path))[1].count("Modèle model-") >= 2
    [vote] = await rows(Vote)
    assert (vote.choice, vote.tags_a, vote.comment_a) == ("a_better", ["useful"], "Bien vu")
    assert len(messages) >= 2


async def test_another_visitor_gets_404_and_their_socket_is_refused(site, pair):
    async with Visitor(site.url) as owner, Visitor(site.url) as other:
        path = await owner.ask(PROMPT, await pair("quick-a", "quick-b"))
        await owner.follow(path)
        await other.open_form()
        assert (await other.get(path))[0] == 404
        assert (await other.get(f"{path}questions/1/"))[0] == 404
        assert (await other.vote(path))[0] == 404
        assert (await other.reveal(path))[0] == 404
        assert (await other.post(f"{path}questions/", {"prompt": "Et ?", "number": "2"}))[0] == 404
        assert (await other.post(f"{path}questions/1/stop/"))[0] == 404
        assert (await other.post(f"{path}questions/1/a/retry/"))[0] == 404
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with other.socket(path):
                pass
        assert refused.value.status == 403
    assert not await rows(Vote)
    assert await unit_of_work(Turn.objects.count)() == 1


@pytest.mark.parametrize("origin", [None, "https://ailleurs.example", "null"])
async def test_a_socket_needs_the_origin_of_its_own_host(site, pair, origin):
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair("quick-a", "quick-b"))
        cookies = {cookie.key: cookie.value for cookie in visitor.http.cookie_jar}
        headers = {"Origin": origin} if origin else {}
        async with aiohttp.ClientSession(cookies=cookies) as bare:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await bare.ws_connect(f"{site.url.replace('http', 'ws')}/ws{path}", headers=headers)
        assert refused.value.status == 403


BAD_QUESTIONS = {
    "empty": ({"prompt": ""}, 0),
    "blank": ({"prompt": " \n "}, 0),
    "too long": ({"prompt": "a" * 60_001}, 0),
    "no consent": ({"prompt": PROMPT, "consent": ""}, 0),
    "unknown mode": ({"prompt": PROMPT, "mode": "chaos"}, 0),
    "bad key": ({"prompt": PROMPT, "submission_key": "12"}, 0),
    "the same model twice": ({"prompt": PROMPT, "mode": "custom"}, [0, 0]),
    "three models": ({"prompt": PROMPT, "mode": "custom"}, [0, 1, 2]),
    "an unknown model": ({"prompt": PROMPT, "mode": "custom"}, ["gpt-9", 1]),
    "no model": ({"prompt": PROMPT, "mode": "custom"}, []),
}


@pytest.mark.parametrize("case", BAD_QUESTIONS)
async def test_a_bad_question_is_refused_in_words_and_writes_nothing(site, pair, case):
    fields, chosen = BAD_QUESTIONS[case]
    slugs = await pair("quick-a", "quick-b", "quick-c")
    async with Visitor(site.url) as visitor:
        sent = await visitor.open_form() | {"mode": "random", "consent": "on"} | fields
        models = [("models", slugs[model] if isinstance(model, int) else model) for model in chosen or []]
        status, html, _headers = await visitor.post("/arene/", [*sent.items(), *models], htmx=False)
    assert status == 422
    assert 'role="alert"' in html
    assert not await rows(Comparison)


async def test_sixty_thousand_characters_are_accepted(site, pair):
    async with Visitor(site.url) as visitor:
        path = await visitor.ask("a " * 30_000, await pair("quick-a", "quick-b"))
    assert path.startswith("/arene/")


@pytest.mark.parametrize("path", ["/arene/pas-un-uuid/", "/arene/00000000-0000-4000-8000-000000000000/", "/rien/"])
async def test_a_page_that_is_not_there_is_a_404_in_the_visitors_words(site, path):
    async with Visitor(site.url) as visitor:
        status, html = await visitor.get(path)
    assert status == 404
    assert 'lang="fr"' in html
    assert "<h1" in html


async def test_a_form_without_its_token_is_refused(site, pair):
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair("quick-a", "quick-b"))
        visitor.token = "0" * 64
        status, html, _headers = await visitor.vote(path)
    assert status == 403
    assert not await rows(Vote)


async def test_a_double_click_leads_to_the_same_comparison(site, pair):
    slugs = await pair("quick-a", "quick-b")
    async with Visitor(site.url) as visitor:
        hidden = await visitor.open_form()
        sent = [
            *(hidden | {"prompt": PROMPT, "mode": "custom", "consent": "on"}).items(),
            *(("models", s) for s in slugs),
        ]
        replies = await asyncio.gather(*(visitor.post("/arene/", sent, htmx=False) for _ in range(6)))
    assert [status for status, _html, _headers in replies] == [302] * 6
    assert len({headers["Location"] for _status, _html, headers in replies}) == 1
    assert len(await rows(Comparison)) == 1
    assert len(await rows(Answer)) == 2


async def test_fifty_votes_and_two_reveals_at_once_give_one_row(site, pair):
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair("quick-a", "quick-b"))
        await visitor.follow(path)
        replies = await asyncio.gather(*(visitor.vote(path, choice="both_good") for _ in range(50)))
        assert {status for status, _html, _headers in replies} == {200}
        reveals = await asyncio.gather(visitor.reveal(path), visitor.reveal(path))
        assert {status for status, _html, _headers in reveals} == {200}
        assert (await visitor.vote(path, choice="a_better"))[0] == 409
    [vote] = await rows(Vote)
    assert vote.choice == "both_good"


async def test_nothing_goes_on_after_the_reveal(site, pair):
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair("quick-a", "broken"))
        await visitor.follow(path)
        assert (await visitor.vote(path))[0] == 409
        assert (await visitor.reveal(path))[0] == 200
        assert (await visitor.post(f"{path}questions/1/b/retry/"))[0] == 409
        assert (await visitor.post(f"{path}questions/", {"prompt": "Et ?", "number": "2"}))[0] == 409
    assert len(await rows(Turn)) == 1
    assert not await rows(Vote)


async def test_a_bad_vote_is_refused_and_writes_nothing(site, pair):
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair("quick-a", "quick-b"))
        await visitor.follow(path)
        for fields in ({"choice": "c_better"}, {"choice": ""}, {"tags_a": "fantastic"}, {"comment_b": "x" * 2001}):
            status, html, headers = await visitor.vote(path, **fields)
            assert (status, headers["HX-Retarget"]) == (422, "#notices")
            assert html.strip()
        assert (await visitor.vote(path, number=7))[0] == 404
    assert not await rows(Vote)


FAILURES = {
    "rate-limited": "Ce modèle reçoit trop de questions en ce moment.",
    "broken": "Ce modèle n’a pas pu répondre.",
    "unauthorized": "Ce modèle est injoignable pour le moment.",
    "timeout-before": "Ce modèle a mis trop de temps à répondre.",
    "timeout-after": "Ce modèle a mis trop de temps à répondre.",
    "cut": "La réponse a été interrompue",
    "empty": "Ce modèle a donné une réponse vide.",
    "filtered": "Le filtre de ce modèle a bloqué la réponse.",
    "context-too-long": "Cette conversation est devenue trop longue pour ce modèle.",
}


@pytest.mark.parametrize("behaviour", FAILURES)
async def test_a_failure_is_told_on_its_side_in_a_sentence_and_never_in_the_providers_words(site, pair, behaviour):
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair(behaviour, "quick"))
        pushed = "".join(text for _seconds, text in await visitor.follow(path))
        _status, page = await visitor.get(path)
    a, b = await rows(Answer)
    assert (b.status, b.error_code) == ("complete", "") or (a.status, a.error_code) == ("complete", "")
    for html in (pushed, page):
        assert html.count(FAILURES[behaviour]) == 1
        assert SECRET not in html
        assert "scripted" not in html
    assert SECRET not in site.log()


async def test_a_slow_query_of_one_visitor_delays_nobody_else(site, pair):
    """A lock holds one visitor's socket for over a second; another's handshake and first token do not wait for it."""
    async with Visitor(site.url) as slow, Visitor(site.url) as fast:
        held = await slow.ask(PROMPT, await pair("quick-a", "quick-b"))
        path = await fast.ask(PROMPT, await pair("quick-c", "quick-d"))
        async with locked_answers(held):
            waiting = [asyncio.create_task(slow.follow(held)) for _ in range(4)]
            await asyncio.sleep(0.3)
            messages = await asyncio.wait_for(fast.follow(path), 1)
            assert "-actions" in messages[-1][1]
            assert not any(task.done() for task in waiting)
        for task in waiting:
            assert "-actions" in (await asyncio.wait_for(task, 10))[-1][1]


@contextlib.asynccontextmanager
async def locked_answers(path):
    """Hold the rows of a comparison's answers, so that claiming them waits."""
    from django.db import connection, transaction

    release, ready = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    @unit_of_work
    def hold():
        with transaction.atomic():
            list(Answer.objects.select_for_update().filter(turn__comparison_id=path.split("/")[2]).values_list("pk"))
            loop.call_soon_threadsafe(ready.set)
            asyncio.run_coroutine_threadsafe(release.wait(), loop).result(20)

    holding = asyncio.create_task(hold())
    await ready.wait()
    try:
        yield connection
    finally:
        release.set()
        await holding


async def test_the_policy_of_the_page_has_nothing_unsafe(site):
    async with Visitor(site.url) as visitor, visitor.http.get(f"{site.url}/arene/") as response:
        policy = response.headers["Content-Security-Policy"]
        html = await response.text()
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert " style=" not in html
    assert "<script>" not in html
    assert not any(f" on{event}=" in html for event in ("click", "load", "submit", "change"))


async def test_the_language_is_the_browsers_among_those_of_the_portal(site):
    async with Visitor(site.url, language="en-GB,en;q=0.9") as english, Visitor(site.url, language="ja") as japanese:
        assert '<html lang="en"' in (await english.get("/arene/"))[1]
        assert '<html lang="fr"' in (await japanese.get("/arene/"))[1]


async def test_two_answers_of_one_endless_line_come_to_their_end(site, pair):
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair("huge-line-a", "huge-line-b"))
        messages = await asyncio.wait_for(visitor.follow(path), 20)
    assert "-actions" in messages[-1][1]
    assert {(answer.status, len(answer.text)) for answer in await rows(Answer)} == {("complete", 120_000)}


NAMED = "Bonjour ! Je suis ChatGPT, un modèle développé par OpenAI. Le mistral souffle sur la Provence."
HIDDEN = "Bonjour ! Je suis █████, un modèle développé par █████. Le mistral souffle sur la Provence."


@pytest.mark.parametrize("pace", ["paced-a?source=echo&size=3&delay=0.02", "echo-a", "echo-a?size=3&after=25&end=cut"])
async def test_a_model_that_names_itself_is_hidden_at_every_door_until_the_reveal(site, pair, pace):
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(NAMED, await pair(pace, pace.replace("-a", "-b")))
        seen = ""
        following = asyncio.create_task(visitor.follow(path))
        while not following.done():  # the poll, the page without JavaScript and the page, while it is written
            for address in (f"{path}questions/1/", f"{path}?suivre", path):
                seen += answers_in((await visitor.get(address))[1])
            await asyncio.sleep(0.05)
        seen += "".join(text for _seconds, text in await following)
        page = answers_in((await visitor.get(path))[1])
        assert not [name for name in ("ChatGPT", "OpenAI") if name in seen + page]
        cut = len(NAMED) if "cut" not in pace else 75
        assert page.count(HIDDEN if "cut" not in pace else "Je suis █████, un modèle développé par █████. Le") == 2
        if "cut" not in pace:
            await visitor.vote(path)
        revealed = answers_in((await visitor.reveal(path))[1])
        assert revealed.count(NAMED[:cut].strip()) == 2
    assert {answer.text for answer in await rows(Answer)} == {NAMED[:cut]}


async def test_a_draft_of_another_process_is_masked_too(site, pair):
    """Nobody here writes it: the page reads the draft that its owner left in the cache."""
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair("quick-a", "quick-b"))
        token = await leave_draft(path, NAMED, "Je suis Gemma, de Google.")
        page = (await visitor.get(path))[1]
        async with visitor.socket(path) as socket:
            pushed = (await socket.receive(5)).data
    drafts.delete([token])
    for html in (answers_in(page), pushed):
        assert HIDDEN in html
        assert "Je suis █████, de █████" in html
        assert not [name for name in ("ChatGPT", "OpenAI", "Gemma", "Google") if name in html]


@unit_of_work
def leave_draft(path, text, reasoning):
    """Side A as another process writes it."""
    token = uuid.uuid4()
    lease = timezone.now() + timedelta(minutes=1)
    answers = Answer.objects.filter(turn__comparison_id=path.split("/")[2])
    answers.filter(side="a").update(status="streaming", claim_token=token, lease_until=lease)
    drafts.write({token: [(0, text.encode()), (0, reasoning.encode())]})
    return token


def answers_in(html):
    """The page without the question, which may hold any name."""
    return "".join(part.partition("</article>")[0] for part in html.split("<article")[1:])


CHOICES = ("a_better", "b_better", "both_good", "both_bad", "cannot_say")


async def test_fifty_different_votes_at_once_give_one_row_that_holds_one_of_them(site, pair):
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair("quick-a", "quick-b"))
        await visitor.follow(path)
        sent = [(CHOICES[n % 5], f"commentaire {n}") for n in range(50)]
        replies = await asyncio.gather(*(visitor.vote(path, choice=c, comment_a=text) for c, text in sent))
        assert {status for status, _html, _headers in replies} == {200}
    [vote] = await rows(Vote)
    assert (vote.choice, vote.comment_a) in sent


async def test_votes_against_reveals_give_one_outcome_and_no_error_page(site, pair):
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair("quick-a", "quick-b"))
        await visitor.follow(path)
        assert (await visitor.vote(path, choice="both_good"))[0] == 200
        acts = [visitor.reveal(path), *(visitor.vote(path, choice="a_better") for _ in range(10)), visitor.reveal(path)]
        first, *votes, last = [status for status, _html, _headers in await asyncio.gather(*acts)]
        assert (first, last) == (200, 200)
        assert set(votes) <= {200, 409}
        assert (await visitor.vote(path, choice="b_better"))[0] == 409
    [vote] = await rows(Vote)
    assert vote.choice == ("a_better" if 200 in votes else "both_good")


@pytest.mark.parametrize("address", ["questions/1/a/retry/", "questions/1/retry/"])
async def test_a_retry_against_a_vote_gives_one_of_the_two(site, pair, address):
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair("slow-a", "slow-b"))
        following = asyncio.create_task(visitor.follow(path))
        await asyncio.sleep(1)
        await visitor.post(f"{path}questions/1/stop/")
        await following
        replies = await asyncio.gather(
            *(act for _ in range(5) for act in (visitor.vote(path), visitor.post(path + address)))
        )
        votes = {status for status, _html, _headers in replies[::2]}
        retries = {status for status, _html, _headers in replies[1::2]}
        await visitor.post(f"{path}questions/1/stop/")
    assert (votes, retries) in [({200}, {409}), ({409}, {200})]
    assert len(await rows(Vote)) == (200 in votes)
    assert len(await rows(Attempt)) == (0 if 200 in votes else 1 if "/a/" in address else 2)


async def test_follow_ups_against_a_reveal_give_one_of_the_two(site, pair):
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair("quick-a", "quick-b"))
        await visitor.follow(path)
        await visitor.vote(path)
        asked = {"prompt": "Et la mer ?", "number": "2"}
        acts = (
            visitor.post(f"{path}questions/", asked),
            visitor.reveal(path),
            visitor.post(f"{path}questions/", asked),
        )
        first, revealed, second = [status for status, _html, _headers in await asyncio.gather(*acts)]
    assert (revealed, first, second) in [(200, 409, 409), (409, 200, 200)]
    assert len(await rows(Turn)) == (1 if revealed == 200 else 2)


async def test_who_leaves_in_the_middle_can_ask_something_else_and_come_back(site, pair):
    """A visitor that left mid-stream was once locked out for a day."""
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair("slow-a", "slow-b"))
        async with visitor.socket(path) as socket:
            await socket.receive(5)
        other = await visitor.ask(PROMPT, await pair("quick-c", "quick-d"))
        await visitor.follow(other)
        assert (await visitor.vote(other))[0] == 200
        await asyncio.wait_for(visitor.follow(path), 20)
        assert (await visitor.vote(path))[0] == 200


async def test_a_visitor_is_a_random_key_that_owes_nothing_to_a_tracker(site, pair):
    """The key is neither derived from another cookie nor from the browser."""
    keys = set()
    for _visitor in range(3):
        async with Visitor(site.url) as visitor:
            visitor.http.cookie_jar.update_cookies({"_pk_id": "0123456789abcdef.1700000000."})
            await visitor.open_form()
            [cookie] = [one for one in visitor.http.cookie_jar if one.key == settings.VISITOR_COOKIE]
            assert cookie["httponly"] is True
            keys.add(cookie.value)
    assert len(keys) == 3
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{32}", key) and not re.fullmatch(r"[0-9a-f]{32}", key) for key in keys)


async def test_a_page_that_was_read_leaves_no_error_in_the_log(site):
    before = len(site.log())
    async with aiohttp.ClientSession() as session, session.get(f"{site.url}/modalites/") as response:
        assert response.status == 200
        await response.read()
    assert "Traceback" not in site.log()[before:]
