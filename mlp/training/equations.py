"""The equations of a run as LaTeX: those that are computed, from its first layer to its step.

Each is put together from the formulas of the entries: of its activations, its loss, its optimiser.
"""

from mlp.descent.optimisers import OPTIMISERS, constants
from mlp.network.activation import Activation
from mlp.network.activations import ACTIVATIONS
from mlp.network.losses import LOSSES
from mlp.training.config import Config
from mlp.words import plural

BELOW = r" \text{ for } l < L"  # of a line that does not hold for the output


def equations(config: Config) -> list[str]:
    """The lines in their order, with & where they are aligned. E is of one sample, a column."""
    loss, optimiser = LOSSES[config.loss], OPTIMISERS[config.optimiser]
    lines = [
        r"z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}",
        *_activations(config),
        loss.formula.replace("a_k", "a^{(L)}_k"),
        *_errors(config),
        r"\frac{\partial E}{\partial W^{(l)}}"
        r" = \delta^{(l)} \left( a^{(l-1)} \right)^{\mathsf T}, \quad"
        r" \frac{\partial E}{\partial b^{(l)}} = \delta^{(l)}",
        *_gradient(config),
        *optimiser.formulas,
    ]
    if named := constants(optimiser):
        lines.append(named)
    return [_aligned(line) for line in lines]


def words(config: Config) -> str:
    """What the letters of the equations stand for, with the numbers of the run."""
    said = [
        f"η = {config.learning_rate:g}",
        f"λ = {config.l2:g}" if config.l2 else "",
        "L is the number of the output layer" + (", f_L its activation" if _two(config) else ""),
        f"n is the number of outputs, {config.sizes[-1]}" if _divides(config) else "",
        "p stands for every weight and every bias",
        f"B is {_divisor(config)}",
        OPTIMISERS[config.optimiser].start,
    ]
    return "Forward, error, backward, step. " + "; ".join(part for part in said if part) + "."


def _divisor(config: Config) -> str:
    """What the sum over a batch is divided by."""
    cut = config.batches
    if not cut.last or cut.divisor(cut.last) == cut.last:
        return "the number of samples in the batch"
    which = "last" if cut.full else "one"
    return f"{cut.size:,}, for the {which} batch of {plural(cut.last, 'sample')} too"


def _aligned(line: str) -> str:
    """A line with & before the first sign that relates its two sides."""
    sign = r"\leftarrow" if r"\leftarrow" in line else "="
    return line.replace(sign, f"&{sign}", 1)


def _two(config: Config) -> bool:
    """Whether the hidden layers and the output have an activation each."""
    return bool(config.hidden_sizes) and config.hidden != config.output


def _divides(config: Config) -> bool:
    """Whether the loss is a mean over the n outputs."""
    factor = LOSSES[config.loss].factor
    return factor is not None and factor(2) != factor(3)


def _layers(config: Config) -> list[tuple[str, str, Activation]]:
    """Of every activation that the run has: its letter, its layers, and the entry."""
    output = ACTIVATIONS[config.output]
    if not _two(config):
        return [("f", "l", output)]
    return [("f", "l", ACTIVATIONS[config.hidden]), ("f_L", "L", output)]


def _activations(config: Config) -> list[str]:
    """a = f(z), with each f written out."""
    return [
        rf"a^{{({layer})}} = {letter}(z^{{({layer})}})"
        + (BELOW if _two(config) and layer == "l" else "")
        + rf", \quad {letter}(z){'' if f.entrywise else '_k'} = {f.formula}"
        for letter, layer, f in _layers(config)
    ]


def _errors(config: Config) -> list[str]:
    """The errors of the output and of the hidden layers, and what they pass through."""
    loss, passed = LOSSES[config.loss], []
    letter, _, output = _layers(config)[-1]
    error = loss.gradient_latex
    if not loss.output:
        error = _through(output, letter, "L", error)
        passed.append(_slope(output, letter))
    lines = [rf"\delta^{{(L)}} = {error}"]
    if config.hidden_sizes:
        hidden = ACTIVATIONS[config.hidden]
        back = r"\left( W^{(l+1)} \right)^{\mathsf T} \delta^{(l+1)}"
        back = rf"\left( {back} \right)" if hidden.entrywise else back
        lines.append(rf"\delta^{{(l)}} = {_through(hidden, 'f', 'l', back)}{BELOW}")
        passed.append(_slope(hidden, "f"))
    return lines + list(dict.fromkeys(passed))  # layers of one activation share its slope


def _through(f: Activation, letter: str, layer: str, gradient: str) -> str:
    """dE/dz from dE/da: times the slope of each neuron, or over the Jacobian."""
    if f.entrywise:
        return rf"{gradient} \odot {letter}'(z^{{({layer})}})"
    return rf"J(a^{{({layer})}})^{{\mathsf T}} \, {gradient}"


def _slope(f: Activation, letter: str) -> str:
    """f'(z) of an activation, or its Jacobian, as a function of a."""
    return rf"{letter}'(z) = {f.derivative}" if f.entrywise else rf"J(a) = {f.derivative}"


def _gradient(config: Config) -> list[str]:
    """g, what a step follows: the mean over the batch, and for weights their decay."""
    mean = r"g = \frac{1}{B} \sum_i \frac{\partial E_i}{\partial p}"
    if not config.l2:
        return [mean]
    return [
        rf"{mean} + \lambda\, p \quad \text{{for a weight }} p",
        rf"{mean} \quad \text{{for a bias }} p",
    ]
