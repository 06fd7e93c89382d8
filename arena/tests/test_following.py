"""How often a page is told what is new."""

import pytest

from arena import following


@pytest.mark.parametrize(("answers", "seconds"), [(2, 0.1), (100, 0.1), (200, 0.2), (500, 0.5)])
def test_a_page_is_told_ten_times_a_second_and_more_rarely_where_many_are_told(monkeypatch, answers, seconds):
    monkeypatch.setattr(following, "ANSWERS", dict.fromkeys(range(answers)))
    assert following.flush_seconds() == seconds
