"""For all tests: hypothesis tries the same examples every time, and takes the time it needs."""

from hypothesis import settings

settings.register_profile("same examples", deadline=None, derandomize=True)
settings.load_profile("same examples")
