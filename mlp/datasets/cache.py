"""A function's results, kept for the next caller and computed once however many ask at once."""

from collections.abc import Callable
from functools import lru_cache, wraps
from threading import Lock


def kept(most: int) -> Callable[[Callable], Callable]:
    """Keep the last `most` results. Callers wait for one that is being made."""

    def decorate(function: Callable) -> Callable:
        lock, cached = Lock(), lru_cache(most)(function)

        @wraps(function)
        def call(*arguments):
            with lock:
                return cached(*arguments)

        call.cache_clear = cached.cache_clear
        return call

    return decorate
