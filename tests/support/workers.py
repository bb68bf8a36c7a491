"""Workers that are threads of this process, so that what a test has changed is seen by them."""

from concurrent.futures import ThreadPoolExecutor

from mlp.workers.executor import Workers


class Here(ThreadPoolExecutor, Workers):
    """One thread of this process."""

    worker_count = 1

    def __init__(self):
        super().__init__(1)

    def heard(self):
        pass
