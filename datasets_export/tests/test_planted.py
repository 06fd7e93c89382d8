"""Personal data in five languages, planted in every text of a turn: none of it is in any file of a release."""

import pytest

from arena.models import Vote
from arena.tests import factories
from datasets_export.enrichment import enriching
from datasets_export.models import Span

from . import released

pytestmark = pytest.mark.django_db
PLANTED = {
    "fr": (
        "Bonjour, je m'appelle Zinedine Berthelot, j'habite 14 rue des Lilas, 35000 Rennes. Tél. 06 12 34 56 78, "
        "zinedine.berthelot@petit-mail.fr, IBAN FR76 3000 6000 0112 3456 7890 189, "
        "sécurité sociale 1 85 05 78 006 084 91.",
        ["Berthelot", "rue des Lilas", "06 12 34 56 78", "petit-mail", "0112 3456", "78 006 084"],
    ),
    "en": (
        "Hello, my name is Winifred Ashdown and I live at 27 Orchard Road, London SW1A 1AA. Call +44 20 7946 0958 or "
        "write to winifred.ashdown@small-mail.org; my IBAN is GB82 WEST 1234 5698 7654 32.",
        ["Ashdown", "Orchard Road", "7946 0958", "small-mail", "1234 5698"],
    ),
    "da": (
        "Hej, jeg hedder Ragnhild Vestergaard og bor Birkevej 12, 2400 København. Ring +45 32 12 34 56 eller skriv til "
        "ragnhild@lille-post.dk. IBAN DK50 0040 0440 1162 43, CPR-nummer 211062-5629.",
        ["Vestergaard", "Birkevej", "32 12 34 56", "lille-post", "0440 1162", "211062-5629"],
    ),
    "sv": (
        "Hej, jag heter Torvald Ekström och bor på Björkgatan 7, 114 55 Stockholm. Ring +46 8 123 456 78 eller "
        "skriv till torvald@liten-post.se. IBAN SE45 5000 0000 0583 9825 7466, personnummer 880320-0016.",
        ["Ekström", "Björkgatan", "123 456 78", "liten-post", "0583 9825", "880320-0016"],
    ),
    "lt": (
        "Sveiki, mano vardas Kęstutis Vaitkūnas, gyvenu Liepų g. 9, 01124 Vilnius. Skambinkite +370 612 34567 arba "
        "rašykite kestutis@mazas-pastas.lt. IBAN LT12 1000 0111 0100 1000, asmens kodas 33309240064.",
        ["Vaitkūnas", "Liepų g.", "612 34567", "mazas-pastas", "0111 0100", "33309240064"],
    ),
}


def test_nothing_planted_is_in_any_file_of_a_release_and_the_counts_are_right(settings, monkeypatch, tmp_path):
    released.prepare(settings, monkeypatch, tmp_path)
    for language, (text, _words) in PLANTED.items():
        turn = factories.turn(factories.comparison(), choice="a_better", prompt=text)
        turn.answers.update(text=f"Vous avez écrit : {text}", reasoning=f"Il dit : {text}")
        Vote.objects.filter(turn=turn).update(comment_a=text, comment_b=text)
        type(turn).objects.filter(pk=turn.pk).update(prompt_language=language)
    plain = factories.turn(factories.comparison(), choice="b_better", prompt="Pourquoi le ciel est-il bleu ?")
    enriching.run()
    built = released.build()
    for text, words in PLANTED.values():
        assert [word for word in words if word not in text] == []
        assert {word: found for word in words if (found := released.files_with(word))} == {}
    rows = released.rows()
    assert plain.prompt in {row["prompt"] for row in rows}
    assert len(rows) == len(PLANTED) + 1
    assert built.manifest["left_out"] == []
    assert sum(built.manifest["redacted"].values()) == Span.objects.count() > 5 * 5 * len(PLANTED)
