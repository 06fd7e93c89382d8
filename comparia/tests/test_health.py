"""What balancers and supervisors ask of one process."""

import pytest

from comparia import health, leaving


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_probes_ask_a_process_by_its_own_address(address, client, settings):
    """Without HTTPS, under a host that is no name of the site, before any portal exists."""
    settings.SECURE_SSL_REDIRECT = True
    response = client.get(address, headers={"Host": "10.1.2.3:8000"})
    assert response.status_code == 200
    assert response.cookies == {}


@pytest.mark.django_db
def test_pages_keep_refusing_a_host_that_is_not_the_site_s(client):
    assert client.get("/", headers={"Host": "10.1.2.3:8000"}).status_code == 400


@pytest.mark.django_db
def test_a_service_that_does_not_answer_is_named_and_nothing_else_of_it(client, monkeypatch):
    def fails():
        raise OSError("connection to db.internal refused for password hunter2")

    monkeypatch.setitem(health.CHECKS, "database", fails)
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"status": "failing", "failing": ["database"]})
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz?process").status_code == 200


@pytest.mark.django_db
def test_a_process_that_leaves_is_not_ready_whatever_is_asked(client, monkeypatch):
    monkeypatch.setattr(leaving, "is_leaving", lambda: True)
    assert [client.get(f"/readyz{query}").status_code for query in ("", "?process")] == [503, 503]
