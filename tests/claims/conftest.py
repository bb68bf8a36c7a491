"""That the tests of every file, together, have heard each of its claims."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def every_claim_is_heard(request):
    """When all tests of a file have run, none of its claims has gone unsaid."""
    yield
    asked_for_some = request.config.option.keyword or any("::" in a for a in request.config.args)
    if not asked_for_some:
        for claims in getattr(request.module, "CLAIMS", ()):
            claims.all_heard()
