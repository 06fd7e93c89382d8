"""Which pages may open a socket."""

import pytest

from arena.consumers import is_same_origin


def scope(host, origin):
    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin is not None else [])
    return {"headers": headers}


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("https://comparia.test", True),
        *((other, False) for other in (None, "", "null", "https://evil.test", "https://comparia.test.evil.test")),
        *(
            (other, False)
            for other in ("https://comparia.test:8443", "http://comparia.test", "https://[", "//comparia.test")
        ),
    ],
)
def test_in_production_a_socket_is_opened_by_a_page_of_its_host_and_by_https(settings, origin, may):
    settings.LOCAL, settings.ALLOWED_HOSTS = False, ["comparia.test"]
    assert is_same_origin(scope("comparia.test", origin)) == may


def test_a_host_that_the_site_does_not_have_opens_none(settings):
    settings.LOCAL, settings.ALLOWED_HOSTS = False, ["comparia.test"]
    assert not is_same_origin(scope("evil.test", "https://evil.test"))


def test_on_a_local_machine_pages_come_by_http(settings):
    settings.LOCAL, settings.ALLOWED_HOSTS = True, ["127.0.0.1"]
    assert is_same_origin(scope("127.0.0.1:8000", "http://127.0.0.1:8000"))
