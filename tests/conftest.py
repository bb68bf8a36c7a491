"""For all tests: one thread of BLAS, as in the app; hypothesis tries the same examples every time,
and takes the time it needs; and Plotly checks every property of every figure.
"""

from hypothesis import HealthCheck, settings

from mlp.figures import frame
from mlp.workers.threads import one_thread

settings.register_profile(
    "same examples",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],  # it goes by the clock of a busy machine
)
settings.load_profile("same examples")
one_thread()
frame.CHECKED = True
