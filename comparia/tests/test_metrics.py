"""What Prometheus reads, who may read it, and the rules and the dashboard that are made of it."""

import json
import re
import time

import pytest
import yaml
from django.db import connection
from django.utils import timezone
from django_redis import get_redis_connection
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from redis.exceptions import ConnectionError

from arena.tests import factories
from comparia import jobs
from comparia.celery import app
from comparia.tests.test_repository import ROOT
from models_catalog.models import Endpoint
from models_catalog.spending import Spending

OBSERVABILITY = ROOT / "deploy/observability"
NAMES = re.compile(r"\b(?:comparia|process)_[a-z_]+\b")
OF_A_HISTOGRAM = re.compile(r"_(bucket|sum|count)$")
LABELS = {
    *("model", "provider", "endpoint", "outcome", "code", "direction", "portal", "mode", "choice", "reason"),
    *("route", "method", "status", "state", "service", "task", "le"),
}
"""All of the code or of the catalogue: none tells of a visitor, nor of a text."""


@pytest.fixture
def read(client, settings, db):
    settings.METRICS_TOKEN = "a-token"

    def metrics():
        response = client.get("/metrics", headers={"Authorization": "Bearer a-token", "Host": "10.1.2.3:8000"})
        assert response.status_code == 200
        return {each.name: each for each in text_string_to_metric_families(response.content.decode())}

    return metrics


def value(family, **labels):
    return next(sample.value for sample in family.samples if labels.items() <= sample.labels.items())


@pytest.mark.django_db
def test_metrics_are_for_who_holds_the_token_and_nowhere_without_one(client, settings):
    settings.METRICS_TOKEN = "a-token"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer é"}).status_code == 403
    settings.METRICS_TOKEN, settings.LOCAL = "", False
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.LOCAL = True
    assert client.get("/metrics").status_code == 200


def test_every_label_is_one_of_few_values(read):
    for name, family in read().items():
        if name.startswith("comparia"):
            assert {label for sample in family.samples for label in sample.labels} <= LABELS, name


def test_requests_are_counted_by_route_and_not_by_address(read, client):
    factories.portal()
    before = read()["comparia_http_requests"]
    client.get("/recu/abcde-abcde/")
    client.get("/no/such/page")
    client.generic("PLANTED", "/recu/")
    after = read()["comparia_http_requests"]
    assert total(after, route="receipt", method="GET") - total(before, route="receipt", method="GET") == 1
    assert total(after, route="unknown", status="404") - total(before, route="unknown", status="404") == 1
    assert total(after, method="other") - total(before, method="other") == 1
    assert "abcde" not in str(after) and "PLANTED" not in str(after) and "such" not in str(after)


def total(family, **labels):
    counted = (sample for sample in family.samples if sample.name.endswith("_total"))
    return sum(sample.value for sample in counted if labels.items() <= sample.labels.items())


def test_the_queue_tells_its_length_and_the_age_of_its_oldest_job(read):
    app.control.purge()
    assert (
        read()["comparia_queue_length"].samples[0].value,
        read()["comparia_queue_age_seconds"].samples[0].value,
    ) == (
        0,
        0,
    )
    app.send_task("arena.count_votes", headers={})
    message = json.loads(get_redis_connection("default").lindex(jobs.QUEUE, -1))
    message["headers"][jobs.QUEUED_AT] = time.time() - 500
    get_redis_connection("default").lset(jobs.QUEUE, -1, json.dumps(message))
    app.send_task("arena.count_votes")
    found = read()
    app.control.purge()
    assert found["comparia_queue_length"].samples[0].value == 2
    assert 500 <= found["comparia_queue_age_seconds"].samples[0].value < 600


def test_ceilings_and_what_is_spent_of_them_are_told(read):
    endpoint = factories.language_model("mine").endpoints.get()
    assert "mine" not in str(read()["comparia_endpoint_ceiling_dollars"])
    Endpoint.objects.update(daily_ceiling=20)
    row = {"model": endpoint.model, "endpoint": endpoint, "provider": "scripted", "day": timezone.localdate()}
    Spending.objects.create(**row, dollars=3, reserved=4)
    found = read()
    assert value(found["comparia_endpoint_spent_dollars"], model="mine") == 7
    assert value(found["comparia_endpoint_ceiling_dollars"], model="mine") == 20


def test_a_service_that_is_away_is_told_and_hides_nothing_else(read, monkeypatch):
    def away():
        raise ConnectionError

    monkeypatch.setattr("comparia.metrics.get_redis_connection", lambda _name: away())
    found = read()
    assert (value(found["comparia_up"], service="redis"), value(found["comparia_up"], service="database")) == (0, 1)
    assert "comparia_queue_length" not in found


def test_every_metric_of_the_rules_and_of_the_dashboard_is_exported(read):
    exported = set(read()) | {family.name for family in REGISTRY.collect()}
    rules = yaml.safe_load((OBSERVABILITY / "alerts.yaml").read_text())
    dashboard = json.loads((OBSERVABILITY / "grafana.json").read_text())
    asked = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    assert len(asked) == 15
    asked += [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    named = {name for expression in asked for name in NAMES.findall(expression)}
    assert {name for name in named if OF_A_HISTOGRAM.sub("", name.removesuffix("_total")) not in exported} == set()
    labels = {label for expression in asked for label in re.findall(r"by \(([^)]*)\)", expression)}
    assert {label.strip() for each in labels for label in each.split(",")} <= LABELS | {"instance"}


def test_each_alert_says_how_grave_it_is_and_what_to_do():
    rules = yaml.safe_load((OBSERVABILITY / "alerts.yaml").read_text())
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"].endswith(".") and rule["annotations"]["description"].endswith(".")


def test_the_pool_of_connections_is_told(read):
    connection.ensure_connection()
    assert value(read()["comparia_database_pool"], state="most") == 14
