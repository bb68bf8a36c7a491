"""The house: mlp knows no screen, and its imports point downward only."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import mlp

ROOT = Path(mlp.__file__).parents[1]
FILES = sorted((ROOT / "mlp").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
# Which packages of mlp each package may import. The faces of mlp itself, `import mlp` and
# `python -m mlp`, may import all of them.
MLP = {
    "checks": set(),
    "words": set(),
    "workers": set(),
    "network": {"words"},
    "algebra": {"words"},
    "datasets": {"checks", "words"},
    "descent": {"checks", "words"},
    "training": {"checks", "datasets", "descent", "network", "words", "workers"},
    "derivation": {"algebra", "checks", "network", "words"},
    "insight": {"network", "words"},
    "sweep": {"checks", "descent", "network", "training", "words", "workers"},
    "sharing": {"checks", "datasets", "descent", "network", "training"},
    "examples": {"checks", "datasets", "derivation", "network", "training", "words"},
    "comparison": {"checks", "datasets", "network", "sweep", "training", "words"},
    "figures": {"descent", "sweep", "words"},
}
# Which folders of pages/parts each folder may import. A page may import all of them.
PARTS = {
    "page": set(),
    "components": set(),
    "settings": {"page"},
    "training": {"components", "page", "settings"},
    "sharing": {"page", "settings", "training"},
    "descent": {"components", "page"},
    "parity": {"components", "training"},
    "digits": {"components", "page", "sharing", "training"},
    "backprop": {"components", "page", "sharing"},
    "sweep": {"components", "page", "sharing"},
    "compare": {"components", "page", "sharing", "sweep", "training"},
}


def module(path):
    """The name of a module from its file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def imports(path):
    """Every module that a file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            known = {module(p) for p in (*FILES, *PAGES)}
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else node.module


def imported(paths, prefix):
    """Which other packages below a prefix each package there imports: {package: {packages}}."""
    known = {}
    for path in paths:
        here = module(path)
        if not here.startswith(prefix):
            continue
        here = here.removeprefix(prefix).split(".")[0]
        inner = {
            name.removeprefix(prefix).split(".")[0]
            for name in imports(path)
            if name.startswith(prefix)
        }
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
        "own_surface.py": {"sympy"},
        "mnist.py": {"pooch"},
        "cluster.py": {"distributed"},
        "process.py": {"loky"},
        "threads.py": {"threadpoolctl"},
    }.get(path.name, set())
    assert {name.split(".")[0] for name in imports(path)} <= allowed


@pytest.mark.parametrize(
    ("paths", "prefix", "table"),
    [(FILES, "mlp.", MLP), (PAGES, "pages.parts.", PARTS)],
    ids=["mlp", "pages/parts"],
)
def test_every_package_imports_only_what_the_table_allows(paths, prefix, table):
    known = imported(paths, prefix)
    known.pop("__main__", None)
    assert known.keys() == table.keys()
    arrows = {(here, below) for here, all_below in known.items() for below in all_below}
    allowed = {(here, below) for here, all_below in table.items() for below in all_below}
    assert arrows == allowed, "an arrow without its row, or a row without its arrow"


@pytest.mark.parametrize("table", [MLP, PARTS], ids=["mlp", "pages/parts"])
def test_imports_point_downward_only(table):
    """Floor by floor, all packages find a place above everything that they import."""
    waiting, built = dict(table), set()
    while waiting:
        floor = {name for name, below in waiting.items() if below <= built}
        assert floor, f"these import one another: {sorted(waiting)}"
        built |= floor
        waiting = {name: below for name, below in waiting.items() if name not in floor}


@pytest.mark.parametrize("path", PAGES, ids=module)
def test_only_one_file_of_the_pages_uses_private_names_of_streamlit(path):
    types = {"streamlit.delta_generator", "streamlit.components.v2.types"}
    allowed = {"streamlit"} | types
    used = {name for name in imports(path) if name.split(".")[0] == "streamlit"}
    assert path.name == "streamlit_private.py" or used <= allowed


def test_no_page_imports_another():
    pages = {module(path) for path in (ROOT / "pages").glob("*.py")}
    for path in (*FILES, *PAGES):
        assert not set(imports(path)) & pages, path


def test_every_package_has_its_tests():
    packages = {path.parent.name for path in (ROOT / "mlp").glob("*/__init__.py")}
    assert packages - {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")} == set()


def test_importing_mlp_loads_no_plotting_no_screen_and_no_process_pool():
    question = "import sys, mlp, mlp.__main__; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", question],
        capture_output=True,
        text=True,
        cwd=ROOT,
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
