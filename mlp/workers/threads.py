"""One thread of BLAS a process, so that the same run gives the same numbers in each of them."""

from threadpoolctl import threadpool_limits


def one_thread() -> None:
    """Let every product of this process be computed by one thread from now on.

    Several threads cut a product into parts and so round differently; and the matrices here are
    too small to gain from more than one.
    """
    threadpool_limits(1)


# The same for a process that is started with these variables in its environment.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
