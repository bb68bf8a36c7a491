"""Surfaces to walk down: each a height, its gradient, and where it is lowest. No screen here."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp import checks


@dataclass(frozen=True)
class Surface:
    """One surface over a line or a plane.

    name: as in the select box. formula, slope: g and its gradient in LaTeX.
    value: p (..., d) -> (...). gradient: p (..., d) -> (..., d).
    minima: every place where g is lowest, () where it has no lowest place or none is known.
    lowest: g there, None with no minima. view: (low, high) of each coordinate worth seeing.
    start, learning_rate: where a first walk begins, and how boldly.
    curvatures: the second derivatives along the axes, for surfaces where they are constant and
        the axes do not mix; () for all others.
    """

    name: str
    formula: str
    slope: str
    value: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]
    minima: tuple[tuple[float, ...], ...]
    view: tuple[tuple[float, float], ...]
    start: tuple[float, ...]
    learning_rate: float
    lowest: float | None = 0.0
    curvatures: tuple[float, ...] = ()


def parabola(p: np.ndarray) -> np.ndarray:
    """g(x) = x^2. Source: seed 000, section 2.2."""
    return p[..., 0] ** 2


def parabola_gradient(p: np.ndarray) -> np.ndarray:
    """g'(x) = 2x."""
    return 2 * p


def paraboloid(p: np.ndarray) -> np.ndarray:
    """g(a, b) = a^2 + b^2. Source: seed 000, section 3.1."""
    a, b = p[..., 0], p[..., 1]
    return a**2 + b**2


def paraboloid_gradient(p: np.ndarray) -> np.ndarray:
    """[2a, 2b]."""
    return 2 * p


def stretched_bowl(kappa: float = 10.0) -> Surface:
    """a^2 + kappa b^2, a valley kappa times as steep across as along. kappa: 1 to 100."""
    checks.real("kappa", kappa, at_least=1, at_most=100)
    scale = np.array([1.0, kappa])
    return Surface(
        "stretched bowl",
        rf"g(a, b) = a^2 + \kappa\, b^2, \quad \kappa = {kappa:g}",
        rf"\nabla g = [\, 2a,\; 2\kappa b \,] = [\, 2a,\; {2 * kappa:g}\, b \,]",
        lambda p: (scale * p**2).sum(axis=-1),
        lambda p: 2 * scale * p,
        minima=((0.0, 0.0),),
        view=((-12.0, 12.0), (-12.0, 12.0)),
        start=(10.0, 10.0),
        learning_rate=0.09,
        curvatures=(2.0, 2.0 * kappa),
    )


def rosenbrock(p: np.ndarray) -> np.ndarray:
    """(1 - a)^2 + 100 (b - a^2)^2: a banana-shaped valley. Source: Rosenbrock (1960)."""
    a, b = p[..., 0], p[..., 1]
    return (1 - a) ** 2 + 100 * (b - a**2) ** 2


def rosenbrock_gradient(p: np.ndarray) -> np.ndarray:
    """[-2 (1 - a) - 400 a (b - a^2), 200 (b - a^2)]."""
    a, b = p[..., 0], p[..., 1]
    across = b - a**2
    return np.stack([-2 * (1 - a) - 400 * a * across, 200 * across], axis=-1)


def himmelblau(p: np.ndarray) -> np.ndarray:
    """(a^2 + b - 11)^2 + (a + b^2 - 7)^2: four valleys. Source: Himmelblau (1972)."""
    a, b = p[..., 0], p[..., 1]
    return (a**2 + b - 11) ** 2 + (a + b**2 - 7) ** 2


def himmelblau_gradient(p: np.ndarray) -> np.ndarray:
    """[4a u + 2v, 2u + 4b v] with u = a^2 + b - 11 and v = a + b^2 - 7."""
    a, b = p[..., 0], p[..., 1]
    u, v = a**2 + b - 11, a + b**2 - 7
    return np.stack([4 * a * u + 2 * v, 2 * u + 4 * b * v], axis=-1)


def saddle(p: np.ndarray) -> np.ndarray:
    """a^2 - b^2: down along b without end."""
    a, b = p[..., 0], p[..., 1]
    return a**2 - b**2


def saddle_gradient(p: np.ndarray) -> np.ndarray:
    """[2a, -2b]."""
    return np.array([2.0, -2.0]) * p


def beale(p: np.ndarray) -> np.ndarray:
    """(1.5 - a + ab)^2 + (2.25 - a + ab^2)^2 + (2.625 - a + ab^3)^2. Source: Beale (1958)."""
    a, b = p[..., 0], p[..., 1]
    u, v, w = 1.5 - a + a * b, 2.25 - a + a * b**2, 2.625 - a + a * b**3
    return u**2 + v**2 + w**2


def beale_gradient(p: np.ndarray) -> np.ndarray:
    """[2u (b - 1) + 2v (b^2 - 1) + 2w (b^3 - 1), 2u a + 4v ab + 6w ab^2], u, v, w as in g."""
    a, b = p[..., 0], p[..., 1]
    u, v, w = 1.5 - a + a * b, 2.25 - a + a * b**2, 2.625 - a + a * b**3
    along_a = 2 * u * (b - 1) + 2 * v * (b**2 - 1) + 2 * w * (b**3 - 1)
    return np.stack([along_a, 2 * u * a + 4 * v * a * b + 6 * w * a * b**2], axis=-1)


PARABOLA = Surface(
    "parabola",
    r"g(x) = x^2",
    r"g'(x) = 2x",
    parabola,
    parabola_gradient,
    minima=((0.0,),),
    view=((-5.0, 5.0),),
    start=(4.0,),
    learning_rate=0.1,
    curvatures=(2.0,),
)

SURFACES: dict[str, Surface] = {
    each.name: each
    for each in (
        Surface(
            "paraboloid",
            r"g(a, b) = a^2 + b^2",
            r"\nabla g = [\, 2a,\; 2b \,]",
            paraboloid,
            paraboloid_gradient,
            minima=((0.0, 0.0),),
            view=((-12.0, 12.0), (-12.0, 12.0)),
            start=(10.0, 10.0),
            learning_rate=0.3,
            curvatures=(2.0, 2.0),
        ),
        stretched_bowl(),
        Surface(
            "Rosenbrock",
            r"g(a, b) = (1 - a)^2 + 100\, (b - a^2)^2",
            r"\nabla g = [\, -2 (1 - a) - 400\, a\, (b - a^2),\; 200\, (b - a^2) \,]",
            rosenbrock,
            rosenbrock_gradient,
            minima=((1.0, 1.0),),
            view=((-2.0, 2.0), (-1.0, 3.0)),
            start=(-1.5, 1.5),
            learning_rate=0.001,
        ),
        Surface(
            "Himmelblau",
            r"g(a, b) = (a^2 + b - 11)^2 + (a + b^2 - 7)^2",
            r"\begin{aligned} \nabla g &= [\, 4a\,u + 2v,\; 2u + 4b\,v \,] \\"
            r" u &= a^2 + b - 11, \quad v = a + b^2 - 7 \end{aligned}",
            himmelblau,
            himmelblau_gradient,
            minima=(
                (3.0, 2.0),
                (-2.805118086952745, 3.131312518250573),
                (-3.779310253377747, -3.283185991286170),
                (3.584428340330492, -1.848126526964404),
            ),
            view=((-5.0, 5.0), (-5.0, 5.0)),
            start=(0.0, 0.0),
            learning_rate=0.01,
        ),
        Surface(
            "saddle",
            r"g(a, b) = a^2 - b^2",
            r"\nabla g = [\, 2a,\; -2b \,]",
            saddle,
            saddle_gradient,
            minima=(),
            lowest=None,
            view=((-5.0, 5.0), (-5.0, 5.0)),
            start=(4.0, 0.01),
            learning_rate=0.1,
            curvatures=(2.0, -2.0),
        ),
        Surface(
            "Beale",
            r"g(a, b) = (1.5 - a + ab)^2 + (2.25 - a + ab^2)^2 + (2.625 - a + ab^3)^2",
            r"\begin{aligned} \nabla g &= [\, 2u (b - 1) + 2v (b^2 - 1) + 2w (b^3 - 1),\;"
            r" 2u\,a + 4v\,ab + 6w\,ab^2 \,] \\ u &= 1.5 - a + ab, \quad v = 2.25 - a + ab^2,"
            r" \quad w = 2.625 - a + ab^3 \end{aligned}",
            beale,
            beale_gradient,
            minima=((3.0, 0.5),),
            view=((-4.5, 4.5), (-4.5, 4.5)),
            start=(1.0, 1.0),
            learning_rate=0.02,
        ),
    )
}
