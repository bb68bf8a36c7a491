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


T = r"^{\mathsf T}"

ARTICLE_SLIPS = (
    Slip(
        ("dW",),
        r"\frac{\partial E}{\partial W^{(l)}} = \vec a^{(l-1)} \delta^{(l)}",
        rf"\frac{{\partial E}}{{\partial W^{{(l)}}}} = \delta^{{(l)}}"
        rf" \left( \vec a^{{(l-1)}} \right){T}",
        "Equations 1 and 4 say aδ, two columns whose product does not exist. The article’s code "
        "multiplies the other way round and transposes a, as it should.",
    ),
    Slip(
        ("dW", "db"),
        r"\frac{1}{8} \sum_{s=1}^{12} \nabla E_s",
        r"\frac{1}{12} \sum_{s=1}^{12} \nabla E_s",
        "The article’s last batch holds the remainder too, 12 numbers, and its code still divides "
        "by 8. On this page every batch is divided by its own size.",
    ),
    Slip(
        ("dW",),
        r"-2(\vec y - \vec a^{(L)})\, \sigma'\,"
        r" \frac{\partial (W^{(L)} \vec a^{(L-1)})}{\partial W^{(L)}}"
        r" + \frac{\partial \vec b^{(L)}}{\partial W^{(L)}}",
        r"-2(\vec y - \vec a^{(L)})\, \sigma' \left("
        r" \frac{\partial (W^{(L)} \vec a^{(L-1)})}{\partial W^{(L)}}"
        r" + \frac{\partial \vec b^{(L)}}{\partial W^{(L)}} \right)",
        "One line of the derivation loses its brackets, so the last term is not multiplied by the "
        "error. For W it is 0 either way; by b, the same line would give 1.",
        layer=-1,
    ),
    Slip(
        ("loss",),
        r"\frac{\text{right answers}}{\text{wrong answers}}",
        r"\frac{\text{right answers}}{\text{all answers}}",
        "The article’s formula for the accuracy divides by the wrong answers; its code divides by "
        "all of them.",
    ),
    Slip(
        ("loss",),
        r"\tfrac{1}{6} \sum_{t=0}^{6} E_t",
        r"\tfrac{1}{7} \sum_{t=0}^{6} E_t",
        "Its program for the paraboloid takes seven steps and divides the sum of their errors by "
        "six, the number of the last one.",
    ),
    Slip(
        ("loss",),
        r"(a, b) = (4, 4) \quad E = 200",
        r"(a, b) = (4, 4) \quad E = 32",
        "The same program prints each point beside the error of the point before it: 200 belongs "
        "to (10, 10), where it starts.",
    ),
    Slip(
        ("loss",),
        r"\vec p = [p_1, \dots, p_n], \quad n > 2",
        r"\vec p = [p_1, \dots, p_n], \quad n > 1",
        "The article turns to gradients for “more than two variables”. Its own a² + b² has two: it "
        "means more than one.",
    ),
    Slip(
        ("input",),
        r"\vec x_0 \in \{\vec x_1, \vec x_2, \dots, \vec x_n\}",
        r"\vec x_0 \in \{\vec x_0, \vec x_1, \dots, \vec x_{n-1}\}",
        "Its plain gradient descent starts with a sample x₀ that its set of samples does not hold.",
    ),
)

DELTA = r"(a^{(3)} - y) \odot a^{(3)} \odot (1 - a^{(3)})"

QUESTION_SLIPS = (
    Slip(
        ("z",),
        r"z^{(l)}_i = \sum_j W^{(l)}_{ij} a^{(l-1)}_j",
        r"z^{(l)}_i = \sum_j W^{(l)}_{ij} a^{(l-1)}_j + b^{(l)}_i",
        "In its derivation the second answer leaves the bias out of z, and differentiates by it in "
        "the next line.",
    ),
    Slip(
        ("delta",),
        r"\nabla_{z^{(L)}} J = z^{(L)}",
        r"\nabla_{z^{(L)}} J = z^{(L)} - y",
        "The second answer takes a loss J whose gradient by z is z − y: half the squared error of "
        "an output that is z itself. In the next sentence and the next formula it drops the y. "
        "Here, behind σ, the same is (a − y) ⊙ σ′(z).",
        layer=-1,
    ),
    Slip(
        ("dW",),
        r"\delta^{(3)} \, a_2^{(2)T}",
        r"\delta^{(3)} \, a^{(2)T}",
        "The first answer writes a₂, one neuron, where the whole column a belongs: every neuron of "
        "layer 2 gives one column of the gradient.",
        layer=-1,
    ),
    Slip(
        ("dW",),
        r"\frac{\partial z^{(L)}_k}{\partial W^{(L)}_{ij}} = 0",
        r"\frac{\partial z^{(L)}_k}{\partial W^{(L)}_{ij}} = 0 \;\text{ for } k \ne i",
        "The second answer says that this term cancels. It does for k other than i; the term with "
        "k = i is the one that stays.",
        layer=-1,
    ),
    Slip(
        ("dW",),
        r"\frac{\partial L}{\partial W^{(3)}} = \dots"
        r" \frac{\partial z^{(3)}}{\partial a^{(2)}}"
        r" \frac{\partial a^{(2)}}{\partial z^{(2)}} \frac{\partial a^{(2)}}{\partial z^{(2)}}"
        r" \frac{\partial z^{(2)}}{\partial W^{(2)}}",
        r"\frac{\partial L}{\partial W^{(2)}} = \frac{\partial z^{(2)}}{\partial W^{(2)}}"
        r" \frac{\partial a^{(2)}}{\partial z^{(2)}} \frac{\partial z^{(3)}}{\partial a^{(2)}}"
        r" \frac{\partial L}{\partial z^{(3)}}",
        "The question names W⁽³⁾ a second time where it derives the gradient of W⁽²⁾, and has "
        "∂a⁽²⁾/∂z⁽²⁾ in the chain twice. In its denominator layout the factors also run the other "
        "way round, as the first answer says.",
        layer=1,
    ),
    Slip(
        ("dW",),
        rf"{DELTA} W^{{(3)}} (1,1,1)^T a^{{(1)T}}",
        r"\begin{gathered}"
        r" \left( \left( W^{(3)T} \delta^{(3)} \right) \odot (1,1,1)^T \right) a^{(1)T}, \\"
        rf" \delta^{{(3)}} = {DELTA} \end{{gathered}}",
        "“I get 2x1 2x3 3x1 1x2…” The error goes back over the transpose of W⁽³⁾, which stands to "
        "the left of it, and ReLU’s slopes, here all 1, multiply it entry by entry: 3 × 2 times "
        "2 × 1 is 3 × 1, and times 1 × 2 it has the shape of W⁽²⁾.",
        layer=1,
    ),
    Slip(
        ("dW",),
        r"\left( \nabla_{W^{(l)}} J \right)_{ij} = \frac{\partial J}{\partial W^{(L)}_{ij}}",
        r"\left( \nabla_{W^{(l)}} J \right)_{ij} = \frac{\partial J}{\partial W^{(l)}_{ij}}",
        "In its last sentence the second answer takes the entries from layer L, for every layer l.",
        layer=1,
    ),
    Slip(
        ("db",),
        r"\nabla_{b^{(l)}} J = \nabla_{z^{(l)}} J \quad \text{(1a-m)}",
        r"\nabla_{b^{(l)}} J = \nabla_{z^{(l)}} J \quad \text{(1b-m)}",
        "The second answer gives two equations the number 1a-m. This one is the matrix form of 1b.",
    ),
)

STUDENT_SLIPS = (
    Slip(
        ("z",),
        r"Z^{(i)}_j: \quad i \text{ the column},\; j \text{ the row}",
        r"Z^{(i)}_j: \quad i \text{ the row},\; j \text{ the column}",
        "The post says that the column index i is the training example and the row index j the "
        "node. It is the other way round: each row is an example, as it says itself before.",
    ),
    Slip(
        ("dW",),
        r"1 < j < n_{l-1}, \quad 1 < k < n_l",
        r"1 \le j \le n_{l-1}, \quad 1 \le k \le n_l",
        "The post’s range for j and k leaves out the first and the last neuron of every layer.",
    ),
    Slip(
        ("dW",),
        r"\sum_{p=1}^{n_1} dZ_p \frac{\partial Z_p}{\partial W_{jk}}",
        r"\sum_{p=1}^{n_l} dZ_p \frac{\partial Z_p}{\partial W_{jk}}",
        "The post lets this sum run to n₁, the size of the first hidden layer. It runs over the "
        "neurons of layer l, so to nₗ.",
    ),
    Slip(
        ("dW",),
        r"\tfrac1m (A^T)^{[l-1]} \frac{\partial \mathcal L^{(i)}}{\partial Z^{[l]}}",
        r"\tfrac1m (A^T)^{[l-1]} \, dZ^{[l]}, \quad"
        r" dZ^{[l](i)} = \frac{\partial \mathcal L^{(i)}}{\partial Z^{[l](i)}}",
        "After the sum over i no i is left. The loss of one example i has a gradient in row i "
        "alone; dZ takes each row from its own example.",
    ),
    Slip(
        ("dW",),
        r"(m \times n_{l-1}) \times (m \times n_l) = n_{l-1} \times n_l",
        r"(n_{l-1} \times m)(m \times n_l) = n_{l-1} \times n_l",
        "When it checks the shapes, the post forgets that A is transposed.",
    ),
)
