"""How templates write a day."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import translation


def written(value, format, language):
    with translation.override(language):
        return Template(f'{{{{ value|date:"{format}" }}}}').render(Context({"value": value}))


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fr", "1er décembre 2026"), ("en", "Dec. 1, 2026"), ("da", "1. december 2026")],
)
def test_the_first_of_a_month_is_written_as_the_language_does(language, expected):
    assert written(date(2026, 12, 1), "DATE_FORMAT", language) == expected


def test_other_days_hours_and_short_dates_stay_as_they_are_in_french():
    assert written(date(2026, 12, 11), "DATE_FORMAT", "fr") == "11 décembre 2026"
    assert written(datetime(2026, 12, 1, 11, 5, tzinfo=UTC), "DATETIME_FORMAT", "fr") == "1er décembre 2026 12:05"
    assert written(date(2026, 12, 1), "SHORT_DATE_FORMAT", "fr") == "01/12/2026"
    assert written(date(2026, 1, 9), "n Y", "fr") == "1 2026"
    assert written(None, "DATE_FORMAT", "fr") == ""
