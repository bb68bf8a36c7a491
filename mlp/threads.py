"""One thread of BLAS a process, so that the same run gives the same numbers in each of them."""

from threadpoolctl import threadpool_limits


def one_thread() -> None:
    """Let every product of this process be computed by one thread from now on.

    Several threads cut a product differently and so round differently; and the matrices here are
    too small to gain from more than one.
    """
    threadpool_limits(1)
