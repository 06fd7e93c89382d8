"""What is cleared of demonstrations goes with all that hangs from it, in this application too."""

import pytest

from arena import importing
from arena.models import Comparison, Turn
from arena.tests import factories as arena
from datasets_export.models import Analysis, LegacyRow, Span

from . import factories

pytestmark = pytest.mark.django_db


def test_clearing_demonstrations_takes_their_analyses_and_nothing_of_the_others():
    arena.portal()
    mail = {"prompt": "Écris à ada@example.org"}
    for origin in ("demo", "imported"):
        turn = factories.turn(("prompt", "ada@example.org", "email"), texts=mail, origin=origin)
        turn.exclusions.create(comparison=turn.comparison, rule="review", scope="text")
        LegacyRow.objects.create(file="conversations", key=origin, comparison=turn.comparison)
    assert importing.clear_demo() == 1
    assert Comparison.objects.get().origin == "imported"
    assert [table.objects.count() for table in (Turn, Analysis, Span, LegacyRow)] == [1, 1, 1, 1]
