"""That every sentence which the app computes is among the claims."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import mlp
from tests.claims.claim import Claims

ROOT = Path(mlp.__file__).parents[1]
TESTS = Path(__file__).parents[1]
FILES = sorted([*(ROOT / "mlp").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])
SENTENCE = re.compile(r"[^\W\d_]+[,:;’]? [^\W\d_]+[,:;]? [^\W\d_]+")  # three words in a row
CODE = re.compile(r"\bnp\.|\bimport\b")
HOLE = re.compile(r"%?\{[^}]*\}|<[^>]*>?|^[^<]*>|%\{")  # a value, or a tag or a part of one


def modules() -> list[ModuleType]:
    """The files of tests in this folder."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("test_*.py"))
    return [importlib.import_module(f"tests.claims.{name}") for name in names]


def all_claims() -> list[Claims]:
    """Those of every file here."""
    return [claims for module in modules() for claims in getattr(module, "CLAIMS", ())]


class Sentences(ast.NodeVisitor):
    """The texts of a file that are put together from values, or said under a condition.

    Left out are docstrings, the messages of errors, and what helps with a widget.
    """

    def __init__(self):
        self.found: list[tuple[int, str]] = []
        self._condition = 0

    def _conditional(self, *nodes: ast.AST) -> None:
        self._condition += 1
        for node in nodes:
            self.visit(node)
        self._condition -= 1

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)  # which is no condition for what stands in itself
        self._conditional(*node.body, *node.orelse)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        self._conditional(node.body, node.orelse)

    def visit_match_case(self, node: ast.match_case) -> None:
        self._conditional(*node.body)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self._conditional(*node.values)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._conditional(*node.values)

    def visit_Raise(self, node: ast.Raise) -> None:
        """An error is tested where it is raised."""

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name not in ("_require", "set_exception"):  # which raise
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in ("help", "placeholder"):
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        formed = isinstance(node.value, str) and ("{" in node.value or self._condition)
        if formed and SENTENCE.search(node.value) and not CODE.search(node.value):
            self.found.append((node.lineno, node.value))


def sentences(path: Path) -> Iterator[tuple[str, str]]:
    """Where each of them stands, and its text."""
    visitor = Sentences()
    visitor.visit(ast.parse(path.read_text(encoding="utf8")))
    for line, text in visitor.found:
        yield f"{path.relative_to(ROOT)}:{line}", text


def texts(path: Path) -> Iterator[str]:
    """Every text of a Python file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def unknown(known: str, files: list[Path]) -> list[tuple[str, str]]:
    """The computed sentences of these files of which some words are not in the text `known`."""
    return [
        (where, text)
        for path in files
        for where, text in sentences(path)
        for part in HOLE.split(text)
        if SENTENCE.search(part) and part.strip() not in known
    ]


def test_every_sentence_is_a_claim_or_is_heard_in_another_test():
    claims = (claim.words for claims in all_claims() for claim in claims.claims)
    tests = (path for path in TESTS.rglob("*.py") if path != Path(__file__))
    heard = "\n".join([*claims, *(text for path in tests for text in texts(path))])
    assert unknown(heard, FILES) == []


def test_every_claim_is_in_the_list_of_its_file():
    listed = [id(claims) for claims in all_claims()]
    assert len(set(listed)) == len(listed)
    for module in modules():
        named = [name for name, v in vars(module).items() if isinstance(v, Claims)]
        assert [name for name in named if id(vars(module)[name]) not in listed] == []
