"""Every test, from nothing but Python: `python3 tests/run.py`, with pytest's options behind.

Makes the virtual environment, installs the test tools, finds a Chromium or installs one, then
runs ruff and pytest. Needs Python 3.11 or later and its venv module.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
# The first is Chromium without windows: a page opens in it with a fifth less work.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright as s\n"
    "with s() as p: print(p.chromium.executable_path)"
)


def call(*command, **options) -> int:
    """Run a command in the project's folder and return its exit code."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, **options).returncode


def install() -> None:
    """The virtual environment with the test tools."""
    if not PYTHON.exists() and call(sys.executable, "-m", "venv", VENV):
        sys.exit("Python's venv module is missing (Debian: apt-get install python3-venv).")
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    if call(*pip, "-r", "tests/requirements.txt"):
        sys.exit("The test tools could not be installed; pip says why above.")


def found_chromium() -> str | None:
    """The path of a Chromium or Chrome on this machine, if there is one."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES, *PLACES):
        path = shutil.which(name) if name else None
        if path:
            return path
    answer = subprocess.run([PYTHON, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True)
    path = answer.stdout.strip()
    return path if path and Path(path).exists() else None


def chromium() -> str:
    """The path of a Chromium, installed now where there was none."""
    path = found_chromium()
    if path is None and shutil.which("apt-get") and getattr(os, "geteuid", lambda: 1)() == 0:
        print("No Chromium here: installing Debian's.", flush=True)
        quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        quiet["stdout"] = subprocess.DEVNULL
        call("apt-get", "update", "-qq", **quiet)
        # Older releases of Debian, and Ubuntu, have no package of that name.
        if call("apt-get", "install", "-y", "-qq", SHELL, **quiet):
            call("apt-get", "install", "-y", "-qq", "chromium", **quiet)
    elif path is None:
        print("No Chromium here: asking Playwright for one.", flush=True)
        call(PYTHON, "-m", "playwright", "install", "chromium")
    path = path or found_chromium()
    if path is None:
        sys.exit("No Chromium: install Chromium or Chrome, or name one in the variable CHROMIUM.")
    return path


def main() -> int:
    """Install, lint, test; the exit code is 0 when all of it holds."""
    if sys.version_info < (3, 11):  # noqa: UP036, the reader may have an older one
        sys.exit("Python 3.11 or later is needed.")
    install()
    environment = {**os.environ, "CHROMIUM": chromium()}
    lint = call(PYTHON, "-m", "ruff", "check", ".")
    form = call(PYTHON, "-m", "ruff", "format", "--check", ".")
    # Whole files side by side, one for each core: most of a browser test is waiting.
    side_by_side = ("-n", "auto", "--dist", "loadfile")
    tests = call(PYTHON, "-m", "pytest", *side_by_side, *sys.argv[1:], env=environment)
    return lint or form or tests


if __name__ == "__main__":
    sys.exit(main())
