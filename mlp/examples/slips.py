"""The slips of the texts: where each occurs, what it says, and the right form."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Slip:
    """A slip of a text.

    kinds: of the steps where it belongs, as in a Key. layer: theirs, counted from 1, or from the
    last layer as -1; None for every layer.
    wrong, right: LaTeX, as the text has it and as it should be. words: what went wrong.
    """

    kinds: tuple[str, ...]
    wrong: str
    right: str
    words: str
    layer: int | None = None


ARTICLE_SLIPS = (
    Slip(
        ("dW", "db"),
        r"\frac{1}{8} \sum_{s=1}^{12} \nabla E_s",
        r"\frac{1}{12} \sum_{s=1}^{12} \nabla E_s",
        "The article's last batch holds the remainder too, 12 numbers, and its code still divides "
        "by 8. Here every batch divides by its own size.",
    ),
    Slip(
        ("loss",),
        r"\frac{\text{right answers}}{\text{wrong answers}}",
        r"\frac{\text{right answers}}{\text{all answers}}",
        "The article's formula for the accuracy divides by the wrong answers; its code divides by "
        "all of them.",
    ),
    Slip(
        ("loss",),
        r"\tfrac{1}{6} \sum_{t=0}^{6} E_t",
        r"\tfrac{1}{7} \sum_{t=0}^{6} E_t",
        "Its program for the paraboloid takes seven steps and divides the sum of their errors by "
        "six, the number of the last one.",
    ),
)

QUESTION_SLIPS = (
    Slip(
        ("delta",),
        r"\nabla_{z^{(L)}} J = z^{(L)} - y",
        r"\nabla_{z^{(L)}} J = a^{(L)} - y",
        "The second answer writes z − y where it means a − y. Alone, a − y is right for "
        "a cross-entropy; with this squared error, σ′(z) stays in it.",
        layer=-1,
    ),
    Slip(
        ("dW",),
        r"\frac{\partial L}{\partial W^{(3)}} = \dots \, (1,1,1)^T a^{(1)T}",
        r"\frac{\partial L}{\partial W^{(2)}} = \dots \, (1,1,1)^T a^{(1)T}",
        "The question names W⁽³⁾ a second time where it derives the gradient of W⁽²⁾, and "
        "has ∂a⁽²⁾/∂z⁽²⁾ in the chain twice.",
        layer=1,
    ),
)

STUDENT_SLIPS = (
    Slip(
        ("dW",),
        r"\sum_{p=1}^{n_1} dZ_p \frac{\partial Z_p}{\partial W_{jk}}",
        r"\sum_{p=1}^{n_l} dZ_p \frac{\partial Z_p}{\partial W_{jk}}",
        "The post lets this sum run to n₁, the size of the first layer. It runs over the "
        "neurons of layer l, so to nₗ.",
    ),
    Slip(
        ("dW",),
        r"(m \times n_{l-1}) \times (m \times n_l) = n_{l-1} \times n_l",
        r"(n_{l-1} \times m)(m \times n_l) = n_{l-1} \times n_l",
        "When it checks the shapes, the post forgets that A is transposed.",
    ),
)
