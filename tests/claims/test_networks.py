"""What is said of batches, flat neurons, gradients, answers, and figures of networks."""

from mlp.training.batches import Batches
from tests.claims.claim import Claim, Claims

CLAIMS: tuple[Claims, ...] = ()


def cut(m: int, size: int, batching: str) -> list[tuple[int, int]]:
    """The batches of an epoch, (samples, divisor) each: sample by sample, as the texts say."""
    batches, samples = [], list(range(m))
    while samples:
        article_takes_all = batching == "article" and len(samples) < 2 * size
        taken = len(samples) if article_takes_all else min(size, len(samples))
        samples = samples[taken:]
        batches.append((taken, size if batching == "article" else taken))
    return batches


def counts(text: str, number: int) -> bool:
    """Whether a number in a text, or "one", is this number."""
    return number == 1 if text == "one" else text.replace(",", "").split()[0] == str(number)


BATCHES = Claims(
    Claim(
        "An epoch is one batch of all {m}, the sum divided by {by}.",
        lambda f: len(f) == 1,
        lambda f, m, by: counts(m, f[0][0]) and counts(by, f[0][1]),
    ),
    Claim(
        "An epoch is {k} of {size}, each sum divided by {by}.",
        lambda f: len(f) > 1 and len(set(f)) == 1,
        lambda f, k, size, by: counts(k, len(f)) and counts(size, f[0][0]) and counts(by, f[0][1]),
    ),
    Claim(
        "An epoch is {k} of {size} and one of {last}, whose sum is divided by {by}.",
        lambda f: len(set(f)) > 1,
        lambda f, k, size, last, by: (
            counts(k.replace("one batch", "one"), len(f) - 1)
            and counts(size, f[0][0])
            and counts(last, f[-1][0])
            and counts(by, f[-1][1])
        ),
    ),
)


def test_how_an_epoch_is_cut_is_what_is_said():
    for m in (1, 2, 3, 4, 7, 12, 700, 4000, 45_875):
        for size in (1, 2, 3, 4, 5, 6, 8, 13, 256, 700, 4000, 65_536):
            for batching in ("article", "standard"):
                BATCHES.hold(Batches.of(m, size, batching).words(), cut(m, size, batching))
    BATCHES.all_heard()
