"""The index form: every sum written out, with the Kronecker deltas that make it collapse.

i is a neuron of the layer, j one of the layer before, p one that is summed over, s a sample.
Source: seed 002, whose sum over p runs to n_1 where it means n_l; seed 001's general derivation.
"""

from mlp.derivation.problem import Key, Problem


def index_equation(problem: Problem, key: Key) -> str:
    """The equation of a step with indices, in LaTeX; empty for the input."""
    by_kind = {"z": _sums, "a": _activations, "loss": _loss, "delta": _errors,
               "dW": _weights, "db": _biases}  # fmt: skip
    return by_kind[key.kind](_Letters(problem), key.layer) if key.kind in by_kind else ""


class _Letters:
    """The symbols of a problem with their indices, in the order that its notation has."""

    def __init__(self, problem: Problem):
        self.problem, self.notation = problem, problem.notation
        self.m, self.sizes = problem.m, problem.network.sizes

    def at(self, neuron: str, sample: str = "s") -> str:
        if self.m == 1:
            return neuron
        return f"{neuron}{sample}" if self.notation.columns else f"{sample}{neuron}"

    def vector(self, letter: str, k: int | None, neuron: str) -> str:
        return self.notation.symbol(self.notation.vector(letter, self.m), k, self.at(neuron)).latex

    def z(self, k, neuron):
        return self.vector("z", k, neuron)

    def a(self, k, neuron):
        return self.vector("a", k, neuron)

    def y(self, neuron):
        return self.vector("y", None, neuron)

    def error(self, k, neuron):
        return self.notation.symbol(self.notation.error(self.m), k, self.at(neuron)).latex

    def W(self, k, out, into):
        return self.notation.symbol(
            "W", k, out + into if self.notation.columns else into + out
        ).latex

    def b(self, k, neuron):
        return self.notation.symbol("b", k, neuron).latex

    def sum(self, index, k):
        return rf"\sum_{{{index}=1}}^{{{self.sizes[k]}}}"

    def mean(self):
        return "" if self.m == 1 else rf"\tfrac{{1}}{{{self.m}}} \sum_{{s=1}}^{{{self.m}}} "

    @property
    def cost(self):
        """The letter of the mean."""
        return self.notation.letter

    @property
    def E(self):
        """What one sample loses."""
        return self.cost if self.m == 1 else self.notation.cost_of("s").latex


def _lines(left: str, *right: str) -> str:
    """One left side, and one line for every form of the right one."""
    body = r" \\[4pt] &= ".join(right)
    return rf"\begin{{aligned}} {left} &= {body} \end{{aligned}}"


def _partial(of: str, by: str) -> str:
    return rf"\frac{{\partial {of}}}{{\partial {by}}}"


def _sums(x: _Letters, k: int) -> str:
    return (
        rf"{x.z(k, 'i')} = {x.sum('j', k - 1)} {x.W(k, 'i', 'j')} \, {x.a(k - 1, 'j')} "
        rf"+ {x.b(k, 'i')}"
    )


def _activations(x: _Letters, k: int) -> str:
    f = x.problem.activation(k)
    if f.entrywise:
        return rf"{x.a(k, 'i')} = {f.symbol.latex}\left( {x.z(k, 'i')} \right)"
    return rf"{x.a(k, 'i')} = \frac{{e^{{{x.z(k, 'i')}}}}}{{{x.sum('p', k)} e^{{{x.z(k, 'p')}}}}}"


def _loss(x: _Letters, k: int) -> str:
    loss = x.problem.loss.index_latex(x.sum("i", k), x.y("i"), x.a(k, "i"), x.sizes[k])
    return rf"{x.cost} = {x.mean()}{loss}"


def _slope(x: _Letters, k: int, neuron: str) -> str:
    """f'(z) of one neuron."""
    return rf"{x.problem.activation(k).symbol.latex}'({x.z(k, neuron)})"


def _jacobian(x: _Letters, k: int, neuron: str) -> str:
    """The derivative of one neuron's a by the z of neuron i."""
    delta = rf"\delta_{{{neuron}i}}"
    if x.problem.activation(k).entrywise:
        return rf"{_slope(x, k, neuron)} \, {delta}"
    return rf"{x.a(k, neuron)} \left( {delta} - {x.a(k, 'i')} \right)"


def _errors(x: _Letters, k: int) -> str:
    left = rf"{x.error(k, 'i')} = {_partial(x.E, x.z(k, 'i'))}"
    return _lines(left, *(_output_error(x, k) if k == x.problem.last else _hidden_error(x, k)))


def _output_error(x: _Letters, k: int) -> list[str]:
    """Over all outputs p, the loss by a_p times a_p by z_i; of an entrywise f, p = i is left."""
    loss, total, n = x.problem.loss, x.sum("p", k), x.sizes[k]
    by_output = loss.slope_latex(x.y("p"), x.a(k, "p"), n)
    lines = [
        rf"{total} {_partial(x.E, x.a(k, 'p'))} \, {_partial(x.a(k, 'p'), x.z(k, 'i'))}",
        rf"{total} {by_output} \, {_jacobian(x, k, 'p')}",
    ]
    difference = f"{x.a(k, 'i')} - {x.y('i')}"
    if loss.targets_sum_to_one:
        targets = f"{total} {x.y('p')}"
        lines.append(rf"\Big( {targets} \Big) \, {difference}")
        if not x.problem.weighed:
            lines.append(rf"{difference} \qquad \text{{since }} {targets} = 1")
    elif loss.output:
        lines.append(difference)
    elif x.problem.activation(k).entrywise:
        lines.append(rf"{loss.slope_latex(x.y('i'), x.a(k, 'i'), n)} \, {_slope(x, k, 'i')}")
    return lines


def _hidden_error(x: _Letters, k: int) -> list[str]:
    """Over all neurons p of the next layer, their errors times z_p by z_i, over the weights."""
    errors = rf"{x.sum('p', k + 1)} {x.error(k + 1, 'p')}"
    weights = rf"{x.sum('q', k)} {x.W(k + 1, 'p', 'q')}"
    lines = [
        rf"{errors} \, {_partial(x.z(k + 1, 'p'), x.z(k, 'i'))}",
        rf"{errors} {weights} \, {_jacobian(x, k, 'q')}",
    ]
    if x.problem.activation(k).entrywise:
        lines.append(rf"\Big( {errors} \, {x.W(k + 1, 'p', 'i')} \Big) \, {_slope(x, k, 'i')}")
    return lines


def _weights(x: _Letters, k: int) -> str:
    left, n, mean = _partial(x.cost, x.W(k, "i", "j")), x.sum("p", k), x.mean()
    chain = rf"{mean}{n} {x.error(k, 'p')} \, {_partial(x.z(k, 'p'), x.W(k, 'i', 'j'))}"
    inner = rf"{x.sum('q', k - 1)} \delta_{{pi}} \, \delta_{{qj}} \, {x.a(k - 1, 'q')}"
    middle = rf"{mean}{n} {x.error(k, 'p')} {inner}"
    return _lines(left, chain, middle, rf"{mean}{x.error(k, 'i')} \, {x.a(k - 1, 'j')}")


def _biases(x: _Letters, k: int) -> str:
    left, n, mean = _partial(x.cost, x.b(k, "i")), x.sum("p", k), x.mean()
    chain = rf"{mean}{n} {x.error(k, 'p')} \, {_partial(x.z(k, 'p'), x.b(k, 'i'))}"
    middle = rf"{mean}{n} {x.error(k, 'p')} \, \delta_{{pi}}"
    return _lines(left, chain, middle, rf"{mean}{x.error(k, 'i')}")
