"""The house: mlp knows no screen, and its imports point downward only."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import mlp

ROOT = Path(mlp.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
# All that the lower floors may know of mlp. What is not listed is free, as long as no two
# modules come to know each other.
MAY_KNOW = {
    "checks": set(),
    "sums": set(),
    "activations": {"sums"},
    "losses": {"sums"},
    "optimisers": set(),
    "datasets": {"checks"},
    "network": {"activations", "losses"},
    "gradient_check": {"losses", "network"},
    "config": {"checks", "activations", "losses", "optimisers", "datasets", "network"},
    "batches": {"sums"},
    "state": {"config", "network", "optimisers"},
    "training": {
        "batches",
        "config",
        "datasets",
        "losses",
        "network",
        "optimisers",
        "state",
        "sums",
    },
    "run": {"batches", "config", "state", "training"},
    "setups": {"checks", "activations", "losses", "network"},
    "edits": {"checks", "network", "setups"},
    "excerpt": {"network", "setups"},
    "algebra": set(),
    "typeset": {"algebra"},
    "entries": {"algebra", "typeset"},
    "notation": {"algebra", "checks"},
    "scene": {"activations", "algebra", "losses", "network", "notation", "typeset"},
    "indices": {"scene"},
    "jacobians": {"activations", "algebra", "scene"},
    "proof": {"gradient_check", "network", "scene"},
    "steps": {"algebra", "indices", "network", "proof", "scene", "typeset"},
    "forward": {"algebra", "indices", "scene", "steps", "typeset"},
    "backward": {"algebra", "jacobians", "scene", "steps", "typeset"},
    "derivation": {
        "algebra",
        "backward",
        "forward",
        "losses",
        "network",
        "notation",
        "proof",
        "scene",
        "steps",
    },
    "slips": set(),
    "examples": {"datasets", "network", "notation", "setups", "slips"},
    "mistakes": {"derivation", "network", "notation", "scene", "setups"},
}


def module(path):
    """The name of a module from its file."""
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def imports(path):
    """Every module that a file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            known = {module(p) for p in FILES}
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else node.module


def part(name):
    """The part of mlp that a module is: the module itself, or the package that it is in."""
    return ".".join(name.split(".")[1:2])


def known_parts():
    """Which other parts of mlp each part imports."""
    known = {}
    for path in FILES:
        here = part(module(path))
        inner = {part(name) for name in imports(path) if name.split(".")[0] == "mlp"}
        known.setdefault(here, set()).update(inner - {here})
    return known


@pytest.mark.parametrize("path", FILES, ids=module)
def test_no_file_of_mlp_names_the_screen_it_is_shown_on(path):
    assert "streamlit" not in path.read_text(encoding="utf-8").lower()


@pytest.mark.parametrize("path", FILES, ids=module)
def test_mlp_imports_only_itself_numpy_and_what_comes_with_python(path):
    allowed = {"mlp", "numpy", *sys.stdlib_module_names}
    if "figures" in path.parts:
        allowed.add("plotly")
    # Within a function: see the test of what an import loads.
    allowed |= {
        "derivative.py": {"sympy"},
        "mnist.py": {"pooch"},
        "executors.py": {"loky", "distributed"},
        "threads.py": {"threadpoolctl"},
    }.get(path.name, set())
    assert {name.split(".")[0] for name in imports(path)} <= allowed


@pytest.mark.parametrize("lower", MAY_KNOW)
def test_the_lower_floors_know_only_what_lies_below_them(lower):
    assert known_parts()[lower] <= MAY_KNOW[lower]


def test_imports_point_downward_only():
    """Floor by floor, all parts find a place above everything that they import."""
    waiting, built = known_parts(), set()
    while waiting:
        floor = {name for name, below in waiting.items() if below <= built}
        assert floor, f"these import one another: {sorted(waiting)}"
        built |= floor
        waiting = {name: below for name, below in waiting.items() if name not in floor}


def test_no_other_part_of_mlp_needs_the_figures():
    assert not any("figures" in below for below in known_parts().values())


def test_importing_mlp_loads_no_plotting_no_screen_and_no_process_pool():
    question = "import sys, mlp, mlp.__main__; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", question],
        capture_output=True,
        text=True,
        cwd=ROOT.parent,
        timeout=120,
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "numpy" in loaded
    assert not loaded & {
        "plotly",
        "streamlit",
        "loky",
        "pandas",
        "scipy",
        "sympy",
        "pooch",
        "requests",
        "torch",
        "sklearn",
    }
