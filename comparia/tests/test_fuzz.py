"""A short round of what `python -m bench.fuzz` sends for minutes, always the same."""

from bench.fuzz import attacks, running
from bench.fuzz.forms import Form, forms_of
from comparia.tests import places

HTML = """<form method="post" action="vote/"><input name="choice" value="a"><textarea name="why"></textarea>
<select name="size"><option value="s"><option value="l"></select><button name="go" value="1">Go</button></form>
<div hx-get="/more/"></div>"""


def test_the_forms_of_a_page_are_read_with_their_fields():
    fields = [("choice", "a"), ("why", ""), ("size", "s"), ("size", "l"), ("go", "1")]
    assert forms_of("/a/b/", HTML) == [Form("POST", "/a/b/vote/", fields), Form("GET", "/more/")]


def test_whatever_is_sent_nothing_answers_500_hangs_or_leaves_an_error_in_the_log(site, scripted):
    before = len(site.log())
    pages = places.furnish()
    attacks.point_models_at(scripted.url)
    ground = attacks.survey(site, pages, f"visitor={places.KEY}")
    running.assault(ground, examples=60, number=1)
    assert "Traceback" not in site.log()[before:]
