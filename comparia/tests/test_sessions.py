"""Sessions of the staff, with Redis and without."""

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.urls import reverse
from django.utils.module_loading import import_string

from arena.tests import factories
from portals.caching import CACHE_AWAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def without_redis(settings):
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}

    def leave():
        settings.CACHES = settings.CACHES | {"default": away}

    return leave


def store(key=None):
    return import_string(f"{configured.SESSION_ENGINE}.SessionStore")(key)


def test_who_is_logged_in_stays_so_while_redis_is_away(admin_client, without_redis):
    factories.portal()
    without_redis()
    assert admin_client.get(reverse("admin:password_change")).status_code == 200


def test_a_session_can_begin_while_redis_is_away(without_redis):
    without_redis()
    begun = store()
    begun["language"] = "da"
    begun.create()
    assert store(begun.session_key)["language"] == "da"
    assert Session.objects.count() == 1


def test_a_session_is_not_said_to_be_over_while_redis_may_keep_it(without_redis):
    begun = store()
    begun.create()
    without_redis()
    with pytest.raises(CACHE_AWAY):
        store(begun.session_key).delete()
    assert not Session.objects.exists()


def test_a_session_is_read_from_redis_first(django_assert_num_queries):
    begun = store()
    begun["language"] = "sv"
    begun.save()
    with django_assert_num_queries(0):
        assert store(begun.session_key)["language"] == "sv"
    caches["default"].delete(begun.cache_key)
