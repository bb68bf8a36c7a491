"""The history as a table."""

from dataclasses import replace

from mlp import Parity, advance, begin
from mlp.training.history import history_csv
from tests.support.changed_runs import SMALL


def test_the_table_has_a_line_for_every_epoch_with_all_its_digits():
    run = advance(begin(SMALL), epochs=3)
    lines = [line.split(",") for line in history_csv(run.history).splitlines()]
    assert lines[0] == ["epochs", "error", "test_error", "test_accuracy"]
    assert [line[0] for line in lines[1:]] == ["1", "2", "3"]
    known = run.history.rows[:, :3]  # the training accuracy stands in where there are no tests
    assert [[float(cell) for cell in line[1:]] for line in lines[1:]] == known.tolist()


def test_the_table_leaves_open_what_there_is_not():
    run = advance(begin(replace(SMALL, data=Parity(bits=3, train_share=1.0))), epochs=1)
    error, accuracy = (float(run.history.rows[0, column]) for column in (0, 3))
    assert history_csv(run.history).splitlines() == [
        "epochs,error,test_error,test_accuracy,training_accuracy",
        f"1,{error!r},,,{accuracy!r}",
    ]
