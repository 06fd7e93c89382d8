"""Sessions in the database, with Redis before it: without Redis they are only slower."""

from django.contrib.sessions.backends import cached_db, db

from portals.caching import CACHE_AWAY


class SessionStore(cached_db.SessionStore):
    """To end a session still needs Redis: one that stayed there would be open again once it is back."""

    def load(self):
        try:
            return super().load()
        except CACHE_AWAY:
            return db.SessionStore.load(self)

    def exists(self, session_key):
        try:
            return super().exists(session_key)
        except CACHE_AWAY:
            return db.SessionStore.exists(self, session_key)
