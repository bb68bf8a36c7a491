"""What figures of networks and images say of themselves, for those who cannot see them."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

import numpy as np

from mlp.figures.images.mosaic import weight_mosaic
from mlp.figures.images.pixels import pixel_map
from mlp.figures.insight.reading import reading
from mlp.figures.network.gradients import gradients_by_layer
from mlp.figures.network.graph import network_graph
from mlp.figures.network.neurons import saturation_bars, weight_bars
from mlp.figures.network.weights import weight_heatmap
from tests.claims.claim import Claim, Claims, reads
from tests.claims.facts import digit

DIGITS = tuple("0123456789")


def number_reads(text: str, value: float) -> bool:
    """Whether a text is this value, or says that it is not finite."""
    return reads(text, value) if math.isfinite(value) else text == "not finite"


def alt(figure) -> str:
    return figure.layout.meta["alt"]


@dataclass
class Cells:
    """Numbers, each with the words for its place; those that a figure may not name are apart."""

    values: dict[tuple, float]
    aside: tuple[float, ...] = ()

    @property
    def finite(self) -> dict[tuple, float]:
        return {k: v for k, v in self.values.items() if math.isfinite(v)}

    @property
    def broken(self) -> int:
        return sum(not math.isfinite(v) for v in (*self.values.values(), *self.aside))

    @property
    def largest(self) -> float:
        """The largest size of a finite value; -1 without any."""
        return max(map(abs, self.finite.values()), default=-1)

    def stands(self, *place: str) -> bool:
        """Whether the largest is at this place."""
        return abs(self.values[place]) == self.largest


def random_values(rng: np.random.RandomState, *shape: int) -> np.ndarray:
    """Weights of any size, some of them equal, now and then all zero or not finite."""
    values = rng.randint(-9, 10, shape) * 10.0 ** rng.randint(-3, 4)
    if rng.rand() < 0.15:
        values[:] = 0
    if rng.rand() < 0.3:
        values[rng.rand(*shape) < 0.4] = rng.choice([np.nan, np.inf, -np.inf])
    if rng.rand() < 0.1:
        values[:] = np.nan
    return values


def hold(claims: Claims, draw: Callable[[np.random.RandomState], tuple], times: int = 300) -> None:
    """Hold what many drawn figures say against their facts."""
    for seed in range(times):
        claims.hold(*draw(np.random.RandomState(seed)))
    claims.all_heard()


HEATMAP = Claims(
    Claim("Title: no {quantity} is finite.", lambda f: not f.finite),
    Claim("Title: every weight is 0.", lambda f: f.largest == 0 and not f.broken),
    Claim("Title: every finite weight is 0.", lambda f: f.largest == 0 and f.broken > 0),
    Claim(
        "Title: largest |w| is {size}, from {column} to {row}.",
        lambda f: f.largest > 0,
        lambda f, size, column, row: reads(size, f.largest) and f.stands(row, column),
    ),
    Claim("1 value is not finite.", lambda f: f.broken == 1),
    Claim(
        "{n} values are not finite.",
        lambda f: f.broken > 1,
        lambda f, n: n.replace(",", "") == str(f.broken),
    ),
)


def drawn_heatmap(rng) -> tuple[str, Cells]:
    rows, columns = rng.randint(1, 5, 2)
    W, b = random_values(rng, rows, columns), random_values(rng, rows)
    names = [f"neuron {i + 1}" for i in range(rows)], [f"bit {j}" for j in range(columns)]
    cells = {(names[0][i], names[1][j]): float(W[i, j]) for i, j in np.ndindex(W.shape)}
    return alt(weight_heatmap(W, b, *names, title="Title")), Cells(cells, tuple(b.tolist()))


def test_the_largest_weight_of_a_heatmap_is_the_one_told():
    hold(HEATMAP, drawn_heatmap)


BARS = Claims(
    Claim("Title: no weight is finite.", lambda f: not f.finite),
    Claim(
        "Title: the strongest is {size}, to output {name}.",
        lambda f: bool(f.finite),
        lambda f, size, name: f.stands(name) and reads(size, f.values[(name,)]),
    ),
)


def drawn_bars(rng) -> tuple[str, Cells]:
    w = random_values(rng, rng.randint(1, 11))
    cells = {(DIGITS[i],): float(v) for i, v in enumerate(w)}
    return alt(weight_bars(w, DIGITS[: len(w)], "output", "Title")), Cells(cells)


def test_the_strongest_of_the_bars_is_the_one_told():
    hold(BARS, drawn_bars)


MOSAIC = Claims(
    Claim("Title: no weight is finite.", lambda f: not f.finite),
    *(
        Claim(
            f"Title as {{n}} image{s} of 3 by 3 pixels: the largest weight is {{size}} in size, of "
            "neuron {i}, at row {row}, column {column}.",
            lambda f, s=s: bool(f.finite) and (len(f.values) == 9) == (s == ""),
            lambda f, n, size, i, row, column: (
                int(n) == len(f.values) / 9 and f.stands(i, row, column) and reads(size, f.largest)
            ),
        )
        for s in ("", "s")
    ),
)


def drawn_mosaic(rng) -> tuple[str, Cells]:
    W = random_values(rng, rng.randint(1, 5), 9)
    cells = {
        (str(i + 1), str(p // 3 + 1), str(p % 3 + 1)): float(W[i, p])
        for i, p in np.ndindex(W.shape)
    }
    return alt(weight_mosaic(W, 3, title="Title")), Cells(cells)


def test_the_largest_weight_of_the_mosaic_is_the_one_told():
    hold(MOSAIC, drawn_mosaic)


PIXELS = Claims(
    Claim("Title: every gradient is 0 or not finite.", lambda f: f.largest <= 0),
    Claim(
        "Title: the largest gradient in size is {value}, at row {row}, column {column}.",
        lambda f: f.largest > 0,
        lambda f, value, row, column: f.stands(row, column) and reads(value, f.values[row, column]),
    ),
)


def drawn_pixels(rng) -> tuple[str, Cells]:
    values = random_values(rng, 4, 4)
    cells = {(str(i + 1), str(j + 1)): float(values[i, j]) for i, j in np.ndindex(4, 4)}
    return alt(pixel_map(values, "Title", "gradient")), Cells(cells)


def test_the_largest_of_the_pixels_is_the_one_told():
    hold(PIXELS, drawn_pixels)


@dataclass
class Net:
    """A network as it is drawn: its sizes, its weights as numbers, and its outputs."""

    sizes: tuple[int, ...]
    weights: Cells
    outputs: list[float] | None

    @property
    def answers(self) -> bool:
        return self.outputs is not None and all(map(math.isfinite, self.outputs))

    def answered(self, name: str, output: str) -> bool:
        """Of the largest outputs, the first is the answer."""
        k = self.outputs.index(max(self.outputs))
        return name == DIGITS[k] and reads(output, self.outputs[k])


def of(f: Net, sizes: str) -> bool:
    return tuple(map(int, sizes.split("-"))) == f.sizes


GRAPH = Claims(
    *(
        Claim(
            f"Network of {{sizes}} neurons; {size}{answer}.",
            lambda f, finite=bool(k), answers=bool(answer): (
                bool(f.weights.finite) == finite and f.answers == answers
            ),
            lambda f, sizes, w=None, name=None, output=None: (
                of(f, sizes)
                and (w is None or reads(w, f.weights.largest))
                and (name is None or f.answered(name, output))
            ),
        )
        for answer in ("; its answer is {name}, output {output}", "")
        for k, size in enumerate(("no weight is finite", "largest |w| is {w}"))
    )
)


def drawn_graph(rng) -> tuple[str, Net]:
    sizes = tuple(rng.randint(1, 6, rng.randint(2, 5)).tolist())
    weights = [random_values(rng, n, m) for m, n in zip(sizes, sizes[1:], strict=False)]
    if rng.rand() < 0.1:
        weights = [w * np.nan for w in weights]
    values = None
    if rng.rand() < 0.7:
        values = [rng.rand(n).round(1) for n in sizes]
        if rng.rand() < 0.2:
            values[-1][0] = np.nan
    cells = {(l, *at): float(w[at]) for l, w in enumerate(weights) for at in np.ndindex(w.shape)}
    outputs = None if values is None else np.float32(values[-1]).tolist()
    figure = network_graph(weights, DIGITS[: sizes[0]], DIGITS[: sizes[-1]], values)
    return alt(figure), Net(sizes, Cells(cells), outputs)


def test_the_graph_tells_its_layers_its_largest_weight_and_its_answer():
    hold(GRAPH, drawn_graph)


SATURATION_BARS = Claims(
    Claim(
        "Title: {mean} % on average, from {low} to {high} %.",
        lambda f: len(f) <= 128,
        lambda f, mean, low, high: (
            reads(mean, 100 * math.fsum(f) / len(f))
            and reads(low, 100 * min(f))
            and reads(high, 100 * max(f))
        ),
    ),
    Claim(
        "Title, the first 128 of {n} neurons: {mean} % on average, from {low} to {high} %.",
        lambda f: len(f) > 128,
        lambda f, n, mean, low, high: (
            n.replace(",", "") == str(len(f))
            and reads(mean, 100 * math.fsum(f[:128]) / 128)
            and reads(low, 100 * min(f[:128]))
            and reads(high, 100 * max(f[:128]))
        ),
    ),
)


def test_the_bars_of_flat_neurons_tell_their_mean_and_their_ends():
    hold(
        SATURATION_BARS,
        lambda rng: (
            alt(saturation_bars(share := rng.rand(rng.choice([1, 5, 128, 129, 1024])), "Title")),
            share.tolist(),
        ),
        60,
    )


READING = Claims(
    Claim("The network waits for a digit.", lambda f: f[0] is None),
    Claim(
        "The network has no answer: an output is not a finite number.",
        lambda f: f[0] is not None and not np.isfinite(f[1]).all(),
    ),
    Claim(
        "The network reads {first}, output {one}; next comes {second} with {two}.",
        lambda f: f[0] is not None and np.isfinite(f[1]).all(),
        lambda f, first, one, second, two: (
            digit(first) == f[1].index(max(f[1]))
            and reads(one, max(f[1]))
            and reads(two, f[1][int(second)])
            and f[1][int(second)] == sorted(f[1])[-2]
            and digit(first) != int(second)
        ),
    ),
)


def labels(svg: str) -> list[str]:
    """What the drawings of a piece of HTML say of themselves."""
    return [unescape(text) for text in re.findall(r'<svg[^>]*aria-label="([^"]*)"', svg)]


def drawn_reading(rng) -> tuple[str, tuple]:
    outputs = rng.randint(-5, 6, 10) / rng.choice([1, 7])
    if rng.rand() < 0.2:
        outputs[rng.randint(10)] = rng.choice([np.nan, np.inf])
    image = None if rng.rand() < 0.2 else np.zeros((28, 28), np.uint8)
    (said,) = labels(reading(image, [rng.rand(4), rng.rand(3), outputs], rng.randn(10, 3), DIGITS))
    return said, (image, outputs.tolist())


def test_a_reading_tells_the_answer_and_the_next():
    hold(READING, drawn_reading)


def by_layer(title: str) -> Claims:
    """Each layer by its name, with its size behind it."""

    def true(f: tuple[list[str], list[float]], layers: str) -> bool:
        return all(
            text.startswith(f"{name} ") and size_reads(text.removeprefix(f"{name} "), value)
            for name, value, text in zip(*f, layers.split(", "), strict=True)
        )

    return Claims(Claim(f"{title}: {{layers}}.", lambda f: True, true))


def size_reads(text: str, value: float) -> bool:
    return text == "weights 0" if math.isnan(value) else number_reads(text, value)


SIZE, STEP = map(by_layer, ("Size of the gradient, ∂E/∂W", "Next step beside the weights"))


def test_the_sizes_by_layer_are_told_one_by_one():
    for seed in range(200):
        rng = np.random.RandomState(seed)
        layers = rng.randint(1, 10)
        names = [f"hidden layer {i + 1}" for i in range(layers - 1)] + ["output layer"]
        gradients, steps = (10 ** rng.uniform(-14, 6, layers) for _ in range(2))
        for values in (gradients, steps):
            values[rng.rand(layers) < 0.1] = rng.choice([0, np.inf])
        steps[rng.rand(layers) < 0.1] = np.nan
        drawn = gradients_by_layer(names, gradients, steps, 30)
        for claims, said, values in zip(
            (SIZE, STEP), labels(drawn), (gradients, steps), strict=True
        ):
            claims.hold(said, (names, values.tolist()))
    SIZE.all_heard()
    STEP.all_heard()


CLAIMS: tuple[Claims, ...] = (
    HEATMAP,
    BARS,
    MOSAIC,
    PIXELS,
    GRAPH,
    SATURATION_BARS,
    READING,
    SIZE,
    STEP,
)
