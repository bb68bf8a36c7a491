"""A session without its page: what makes its run go on or rest."""

import threading

from mlp import Config, begin
from pages.parts.training import session as module
from pages.parts.training.session import Session


class Trainer:
    """Notes what is asked of it."""

    run, trouble, busy = begin(Config()), None, False

    def __init__(self):
        self.asked = []

    def go(self, stop, epochs):
        self.asked.append("go")

    def halt(self):
        self.asked.append("halt")


def test_a_tick_that_a_pause_meets_does_not_go_on_with_a_run_that_rests(monkeypatch):
    session = Session(Trainer(), playing=True)
    paused = threading.Event()

    def pause():
        session.pause()
        paused.set()

    class Speeds(dict):
        def __getitem__(self, name):
            """The tick has seen that the run plays, and has not asked for more yet."""
            pausing.start()
            paused.wait(0.5)
            return super().__getitem__(name)

    pausing = threading.Thread(target=pause)
    monkeypatch.setattr(module, "SPEEDS", Speeds(module.SPEEDS))
    session.tick()
    pausing.join()
    assert session.trainer.asked == ["go", "halt"]
