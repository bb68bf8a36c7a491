"""The index form: every sum written out, with the Kronecker deltas that make it collapse.

i is a neuron of the layer, j one of the layer before, p one that is summed over, s a sample.
Source: seed 002, whose sum over p runs to n_1 where it means n_l; seed 001's general derivation.
"""

from mlp.derivation.scene import Scene


def index_equation(scene: Scene, key: str) -> str:
    """The equation of a step with indices, in LaTeX; empty for the input."""
    kind, *number = key.split()
    k = int(number[0]) if number else scene.last
    return {"z": _sums, "a": _activations, "loss": _loss, "delta": _errors, "W": _weights,
            "b": _biases}.get(kind, lambda *_: "")(_Letters(scene), k)  # fmt: skip


class _Letters:
    """The symbols of a scene with their indices, in the order that its notation has."""

    def __init__(self, scene: Scene):
        self.scene, self.notation = scene, scene.notation
        self.m, self.sizes = scene.m, scene.network.sizes

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
    f = x.scene.activation(k)
    if f.entrywise:
        return rf"{x.a(k, 'i')} = {f.symbol.latex}\left( {x.z(k, 'i')} \right)"
    return rf"{x.a(k, 'i')} = \frac{{e^{{{x.z(k, 'i')}}}}}{{{x.sum('p', k)} e^{{{x.z(k, 'p')}}}}}"


def _loss(x: _Letters, k: int) -> str:
    loss = x.scene.loss.index_latex(x.sum("i", k), x.y("i"), x.a(k, "i"), x.sizes[k])
    return rf"{x.cost} = {x.mean()}{loss}"


def _errors(x: _Letters, k: int) -> str:
    left = rf"{x.error(k, 'i')} = {_partial(x.E, x.z(k, 'i'))}"
    f, loss = x.scene.activation(k), x.scene.loss
    a, a_p, z_p = x.a(k, "i"), x.a(k, "p"), x.z(k, "p")
    if f.entrywise:
        through = rf"{f.symbol.latex}'({z_p}) \, \delta_{{pi}}"
        collapsed = rf"{f.symbol.latex}'({x.z(k, 'i')})"
    else:
        through = rf"{a_p} \left( \delta_{{pi}} - {a} \right)"
        collapsed = ""
    if k == x.scene.last:
        chain = rf"{x.sum('p', k)} {_partial(x.E, a_p)} \, {_partial(a_p, x.z(k, 'i'))}"
        by_p = loss.slope_latex(x.y("p"), a_p, x.sizes[k])
        lines = [chain, rf"{x.sum('p', k)} {by_p} \, {through}"]
        if loss.output:
            return _lines(left, *lines, f"{a} - {x.y('i')}")
        by_i = loss.slope_latex(x.y("i"), a, x.sizes[k])
        return _lines(left, *lines, *([rf"{by_i} \, {collapsed}"] if collapsed else []))
    error_p, n = x.error(k + 1, "p"), x.sum("p", k + 1)
    chain = rf"{n} {error_p} \, {_partial(x.z(k + 1, 'p'), x.z(k, 'i'))}"
    through = through.replace(a_p, x.a(k, "q")).replace(z_p, x.z(k, "q")).replace("{pi}", "{qi}")
    middle = rf"{n} {error_p} {x.sum('q', k)} {x.W(k + 1, 'p', 'q')} \, {through}"
    if not collapsed:
        return _lines(left, chain, middle)
    last = rf"\Big( {n} {error_p} \, {x.W(k + 1, 'p', 'i')} \Big) \, {collapsed}"
    return _lines(left, chain, middle, last)


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
