"""Answers counted against the truth, and the mistakes in their order."""

import numpy as np

from mlp.insight.predictions import Answers, answers, confusion, confusion_words, in_cell, mistakes
from mlp.network.network import Network

OUTPUTS = np.array(
    [[0.9, 0.1, 0.0], [0.6, 0.4, 0.0], [0.1, 0.2, 0.7], [0.8, 0.1, 0.1], [np.nan, 0, 0]]
)
GIVEN = Answers(OUTPUTS, np.array([0, 0, 2, 0, -1]), np.array([0, 1, 2, 1, 2]))


def test_the_counts_stand_at_truth_and_answer_and_leave_out_what_is_no_answer():
    np.testing.assert_array_equal(confusion(GIVEN), [[1, 0, 0], [2, 0, 0], [0, 0, 1]])


def test_a_cell_gives_its_samples_the_most_certain_first():
    np.testing.assert_array_equal(in_cell(GIVEN, 1, 0), [3, 1])
    np.testing.assert_array_equal(in_cell(GIVEN, 0, 2), [])


def test_the_worst_mistakes_come_first():
    np.testing.assert_array_equal(mistakes(GIVEN), [3, 1, 4])


def test_no_answer_is_not_a_right_one():
    assert GIVEN.accuracy == 0.4
    assert np.isnan(Answers(OUTPUTS[:0], np.empty(0), np.empty(0)).accuracy)


def test_the_answer_is_the_largest_output():
    net = Network((2, 3), "relu", "softmax", np.zeros(9))
    net.biases[0][:] = [0, 2, 1]
    given = answers(net, np.zeros((4, 2)), np.array([1, 1, 0, 2]))
    np.testing.assert_array_equal(given.answer, [1, 1, 1, 1])
    assert given.accuracy == 0.5


def counted(times: list[list[int]]) -> Answers:
    """Answers that each class (rows) gets (columns) as often as this."""
    times = np.array(times)
    truth, answer = (np.repeat(k, times.ravel()) for k in map(np.ravel, np.indices(times.shape)))
    return Answers(np.eye(len(times))[answer], answer, truth)


def test_the_words_name_the_hardest_class_and_the_commonest_mistake():
    text = confusion_words(counted([[8, 2, 0], [0, 9, 1], [0, 0, 10]]), "abc", "test")
    assert "**27** of 30 test images are read right, 90.0 %" in text
    assert "The a is the hardest, 80 %" in text and "take an a for a b, 2 times" in text
    assert confusion_words(counted([[5, 0], [0, 5]]), "ab", "test").endswith("100.0 %.")
    assert "no answers" in confusion_words(counted([[0, 0], [0, 0]]), "ab", "test")
