"""A cache that is away stops nothing: what it raises then, for those who go on without."""

from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

CACHE_AWAY = (RedisError, ConnectionInterrupted)
