import logging

from comparia.logs import WithoutCodes


def test_a_receipt_and_a_shared_token_are_not_written():
    receipts = ("/recu/abcde-23456/retrait/", "/share/Tok3n_x.png", "/recu/?code=abcde-23456&x=1")
    for path in (*receipts, "/salle/cle/abcde-Tok3n/", "/salle/abcde/"):
        record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (path,), None)
        assert WithoutCodes().filter(record)
        assert "abcde" not in record.getMessage() and "Tok3n" not in record.getMessage()
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", ("/modeles/share/",), None)
    WithoutCodes().filter(record)
    assert record.getMessage() == "Not Found: /modeles/share/"
