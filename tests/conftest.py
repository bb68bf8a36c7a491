"""For all tests: one thread of BLAS, as in the app; hypothesis tries the same examples every time,
and takes the time it needs.
"""

from hypothesis import settings

from mlp.threads import one_thread

settings.register_profile("same examples", deadline=None, derandomize=True)
settings.load_profile("same examples")
one_thread()
