import pytest
from django.test import Client

from portals.models import Feedback, Portal


@pytest.mark.django_db
def test_an_address_that_writes_too_much_keeps_its_message_and_reads_when_to_send_it(settings):
    settings.CONTACT_MESSAGES_PER_HOUR = 2
    assert Portal.objects.default()
    visitor = Client(headers={"Accept-Language": "en"}, REMOTE_ADDR="2001:db8::1")
    replies = [visitor.post("/contact/", {"message": f"Bonjour {n}"}) for n in range(3)]
    assert [reply.status_code for reply in replies] == [302, 302, 429]
    assert 0 < int(replies[2]["Retry-After"]) <= 3600
    page = replies[2].content.decode()
    assert "Bonjour 2</textarea>" in page
    assert "in 60 minutes" in page
    other = Client(REMOTE_ADDR="2001:db8:0:1::1")
    assert Client(REMOTE_ADDR="2001:db8::2").post("/contact/", {"message": "Moi"}).status_code == 429
    assert other.post("/contact/", {"message": "Et moi"}).status_code == 302
    assert Feedback.objects.count() == 3
