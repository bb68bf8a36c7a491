"""The promises that the project's own files keep: what the server may do, what stands where."""

import re
import tomllib
from pathlib import Path

from mlp.datasets import mnist

ROOT = Path(__file__).parents[1]


def settings() -> dict:
    """Streamlit's settings."""
    return tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf8"))


def test_the_server_listens_here_only_and_refuses_large_files():
    server = settings()["server"]
    assert server["address"] == "localhost"
    assert server["maxUploadSize"] == 10
    assert server["enableXsrfProtection"] and server["enableCORS"]


def test_no_change_of_a_file_has_the_server_import_everything_again():
    """Streamlit would forget every module, and all visitors would import them at once."""
    assert settings()["server"]["fileWatcherType"] == "none"


def test_nobody_is_tracked_or_asked_for_an_address():
    assert settings()["browser"]["gatherUsageStats"] is False
    assert settings()["server"]["showEmailPrompt"] is False


def test_the_browser_remembers_a_large_message_through_many_quick_runs():
    """With Streamlit's default of 2, quick strokes on Digits ended the page on a busy machine."""
    assert settings()["global"]["maxCachedMessageAge"] >= 20


def test_the_folder_that_is_served_is_there_before_the_first_start():
    """Streamlit warns a newcomer in the terminal where it is not."""
    assert settings()["server"]["enableStaticServing"]
    assert (ROOT / "static" / ".gitignore").exists()


def test_ci_is_the_readmes_test_command_and_nothing_else():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf8").splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands == ['cd "$(dirname "$0")/.." && exec python3 tests/run.py']
    assert "python3 tests/run.py" in (ROOT / "README.md").read_text(encoding="utf8")


def test_every_requirement_has_a_range():
    for name in ("requirements.txt", "requirements-cluster.txt"):
        for line in (ROOT / name).read_text(encoding="utf8").splitlines():
            assert ">=" in line and ",<" in line, line


def test_the_map_for_contributors_names_only_files_that_there_are():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf8")
    named = set(re.findall(r"`((?:mlp|pages|tests)/[\w/.]*)`", text))
    assert len(named) > 10
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    assert "(CONTRIBUTING.md)" in (ROOT / "README.md").read_text(encoding="utf8")


def test_the_readme_says_how_much_of_mnist_there_is_to_fetch():
    text = (ROOT / "README.md").read_text(encoding="utf8")
    assert f"({mnist.packed_bytes() / 1e6:.0f} MB, once)" in text
