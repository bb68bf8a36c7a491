"""The equations of a run, with its own activations, loss and learning rate."""

import streamlit as st

from mlp.descent.optimisers import OPTIMISERS
from mlp.network.activations import ACTIVATIONS
from mlp.network.losses import LOSSES
from mlp.training.config import Config


def equations(config: Config) -> None:
    """Forward, error, backward and step, in the article's notation."""
    loss, optimiser = LOSSES[config.loss], OPTIMISERS[config.optimiser]
    lines = [
        r"z^{(l)} &= W^{(l)} a^{(l-1)} + b^{(l)}",
        *_activation_lines(config),
        loss.formula.replace("=", "&=", 1),
        loss.delta.replace("=", "&=", 1),
    ]
    if config.hidden_sizes:
        lines.append(
            r"\delta^{(l)} &= \left( W^{(l+1)} \right)^{\mathsf T} \delta^{(l+1)}"
            r" \odot f'(z^{(l)})"
        )
    lines += [
        r"g &= \frac{\partial E}{\partial W^{(l)}}"
        r" = \delta^{(l)} \left( a^{(l-1)} \right)^{\mathsf T}",
        optimiser.formula.replace(r"\leftarrow", r"&\leftarrow", 1),
    ]
    body = " \\\\[3pt] ".join(lines)
    st.latex(rf"\begin{{aligned}} {body} \end{{aligned}}")
    st.caption(
        f"Forward, error, backward, step. η = {config.learning_rate:g}; g is averaged over a batch"
        + (f", and λ w with λ = {config.l2:g} is added." if config.l2 else ".")
    )


def _activation_lines(config: Config) -> list[str]:
    """a = f(z), with each f written out; two lines where the output has its own."""
    hidden, output = ACTIVATIONS[config.hidden], ACTIVATIONS[config.output]
    if not config.hidden_sizes or hidden == output:
        return [rf"a^{{(l)}} &= f(z^{{(l)}}), \quad f(z) = {output.formula}"]
    return [
        rf"a^{{(l)}} &= f(z^{{(l)}}), \quad f(z) = {hidden.formula}",
        rf"a^{{(L)}} &= {output.formula}",
    ]
