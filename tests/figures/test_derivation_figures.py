"""The drawing of the backpropagation page and its two error curves."""

import numpy as np
import pytest

from mlp.derivation.derive import derive
from mlp.examples.texts import EXAMPLES
from mlp.figures.derivation.drawing import lit, lit_network
from mlp.figures.derivation.mistakes import right_and_broken


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_step_of_every_example_lights_up_a_part_of_the_network(name):
    exercise, notation = EXAMPLES[name].exercise, EXAMPLES[name].notation
    network = exercise.network
    numbers = [notation.layer(k) for k in range(len(exercise.sizes))]
    values = [a[0] for a in network.forward(exercise.X[:1]).a]
    for step in derive(
        network, exercise.X[:1], exercise.y[:1], exercise.loss, notation, proved=False
    ):
        drawn = lit_network(
            network.weights, values, step.kind, step.layer, numbers, EXAMPLES[name].inputs
        )
        assert drawn.count("<path") == sum(W.size for W in network.weights)
        assert 'aria-label="Network of' in drawn and 'stroke-width="3"' in drawn


def test_an_error_lights_up_the_weights_that_it_came_back_over():
    assert lit("delta", 1, 2) == ({2}, {1, 2})
    assert lit("delta", 2, 2) == (set(), {2})
    assert lit("dW", 1, 2) == ({1}, {0, 1})


def test_the_two_curves_are_the_two_runs_and_say_where_they_end():
    figure = right_and_broken(np.array([1.0, 0.5]), np.array([1.0, 3.0]))
    np.testing.assert_allclose(figure.data[0].y, [1, 0.5])
    np.testing.assert_allclose(figure.data[1].y, [1, 3])
    assert "broken gradient the error goes from 1 to 3" in figure.layout.meta["alt"]
    assert len(right_and_broken(np.array([1.0, 0.5]), None).data) == 1
    exploded = right_and_broken(np.array([1.0, 0.5]), np.array([1.0, np.nan]))
    assert "no finite number" in exploded.layout.meta["alt"]


def test_layers_have_the_numbers_of_the_text_and_inputs_their_names():
    weights, values = [np.ones((1, 2))], [np.ones(2), np.ones(1)]
    drawn = lit_network(weights, values, "dW", 1, ["[0]", "[1]"], ["GPA", "a < b"])
    assert ">input [0]<" in drawn and ">output [1]<" in drawn
    assert ">GPA<" in drawn and ">a &lt; b<" in drawn
    assert "lit up are layers [0] and [1] and the weights between them" in drawn
