"""A run as a standalone script: one Python file that needs NumPy alone and prints its errors.

Only what the config needs is written out, in the order of operations of the training loop, so
that every number is the same to the last bit.
"""

import io

import numpy as np

from mlp import datasets
from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import INITIALISATIONS
from mlp.network.losses import LOSSES
from mlp.network.shape import layer_shapes
from mlp.sharing.script_text import FILE, OPTIMISERS, SCRIPT, WHOLE
from mlp.training.config import Config, Stop


def script(config: Config, stop: Stop, schedule: tuple = ()) -> str:
    """The run as the text of a Python file that prints what `python -m mlp` prints.

    schedule: of the run, where it has one. Raises ValueError for a run that was changed on its
    way, which a script does not tell.
    """
    if len(schedule) > 1:
        raise ValueError(
            "this run was changed on its way, which a script does not tell; its link and its file "
            "hold the changes"
        )
    return SCRIPT.format(
        **_settings(config, stop), **_start(config), **_step(config), **_epoch(config), **_end(stop)
    )


def _settings(config: Config, stop: Stop) -> dict:
    """The title, the constants, the data and the functions: what stands above the network."""
    rate = repr(config.learning_rate)
    return {
        "title": f"The network {layer_shapes(config.sizes)} on {config.data.name}: "
        f"{config.hidden}, {config.output}, {config.loss}, {config.optimiser}.",
        "sizes": config.sizes,
        "epochs": stop.epochs,
        "batch_size": config.batch_size,
        "eta": rate if config.precision == "float64" else f"np.float32({rate})",
        "data": config.data.script_text(_dtype(config)) or FILE.format(name=config.data.name),
        "functions": _functions(config),
        "accuracy": _accuracy(config),
    }


def _start(config: Config) -> dict:
    """The first weights and biases, and what the optimiser remembers."""
    drawn = INITIALISATIONS[config.initialisation].biases
    return {
        "seed": config.seed,
        "weights": _weights(config),
        "biases": f"{'self.random.randn' if drawn else 'np.zeros'}(n_out)",
        "cast": "" if config.precision == "float64" else ".astype(np.float32)",
        "memory": _memory(config),
    }


def _step(config: Config) -> dict:
    """Forward, backward and the optimiser's step over one batch."""
    loss, (hidden, output) = LOSSES[config.loss], _activations(config)
    dtype = "" if config.precision == "float64" else f", {_dtype(config)}"
    back = f"{hidden}_back(delta @ self.weights[l], a[l])" if config.hidden_sizes else "delta"
    return {
        "activate": _activate(config),
        "gradient": loss.script_gradient,
        "divisor": "BATCH_SIZE" if config.batching == "article" else "len(X)",
        "output_back": "" if loss.output else f"\n        delta = {output}_back(delta, a[-1])",
        "hidden_back": back,
        "decay": f" + {config.l2!r} * self.weights[l]" if config.l2 else "",
        "ones": f"np.ones(len(X){dtype})",
        "update": _update(config),
        "outputs": "zs[-1]" if loss.output else "a[-1]",
    }


def _epoch(config: Config) -> dict:
    """How an epoch is cut into batches, and its error from theirs."""
    article = config.batching == "article"
    even = article or config.data.train_count % config.batch_size == 0
    by_size = "(np.array([len(batch) / len(X) for batch in batches]) * errors).sum()"
    return {
        "end": "whole" if article else "len(X)",
        "whole": WHOLE if article else "",
        "epoch_error": "errors.mean()" if even else by_size,
    }


def _dtype(config: Config) -> str:
    """The type of the arrays, as the script writes it."""
    return "float" if config.precision == "float64" else "np.float32"


def needs_file(config: Config) -> bool:
    """Whether the script of this config reads its data from a file beside it."""
    return not config.data.script_text("float")


def data_file(config: Config) -> tuple[str, bytes] | None:
    """The name and the bytes of the file that must lie beside the script; None without any."""
    if not needs_file(config):
        return None
    data, file = datasets.load(config.data, config.precision), io.BytesIO()
    np.savez_compressed(
        file,
        X=data.gather(np.arange(len(data.y_train))),
        y=data.y_train,
        X_test=data.X_test,
        y_test=data.y_test,
    )
    return f"{config.data.name}.npz", file.getvalue()


def _activations(config: Config) -> tuple[str, str]:
    """What the functions of the hidden layers and of the output are called."""
    return ACTIVATIONS[config.hidden].identifier, ACTIVATIONS[config.output].identifier


def _functions(config: Config) -> str:
    """The activations and the loss that this config needs."""
    loss = LOSSES[config.loss]
    hidden = [config.hidden] * bool(config.hidden_sizes)
    backs = hidden + [config.output] * (not loss.output)
    functions = []
    for name in dict.fromkeys([*hidden, config.output]):
        f = ACTIVATIONS[name]
        functions.append(f"def {f.identifier}(z):\n    return {f.script}")
        if name in backs:
            functions.append(f"def {f.identifier}_back(delta, a):\n    return {f.script_pull}")
    lines = "".join(f"\n    {line}" for line in loss.script)
    functions.append(f"def loss(y, {'z' if loss.output else 'a'}):{lines}")
    return "\n\n\n".join(functions)


def _weights(config: Config) -> str:
    """How the first weights of a layer are made."""
    initialisation = INITIALISATIONS[config.initialisation]
    if initialisation.deviation is None:
        return "np.zeros((n_out, n_in))"
    factors = [initialisation.script] * bool(initialisation.script)
    factors += [repr(config.scale)] * (config.scale != 1)
    drawn = "self.random.randn(n_out, n_in)"
    return f"{drawn} * ({' * '.join(factors)})" if factors else drawn


def _remembered(config: Config) -> list[str]:
    """The names of the arrays that the optimiser remembers."""
    return [name for name in "ms" if f"{name}[:]" in "".join(OPTIMISERS[config.optimiser])]


def _memory(config: Config) -> str:
    lines = ["self.parameters = [p for layer in zip(self.weights, self.biases) for p in layer]"]
    for name in _remembered(config):
        lines.append(f"self.{name} = [np.zeros_like(p) for p in self.parameters]")
    return "".join(f"        {line}\n" for line in lines)


def _activate(config: Config) -> str:
    hidden, output = _activations(config)
    if not config.hidden_sizes or hidden == output:
        return f"{output}(zs[-1])"
    return f"({hidden} if len(a) < len(self.weights) else {output})(zs[-1])"


def _update(config: Config) -> str:
    """The optimiser's step."""
    names = _remembered(config)
    arrays = ", ".join(["self.parameters", "gradients", *(f"self.{name}" for name in names)])
    head = f"        for {', '.join(['p', 'g', *names])} in zip({arrays}):"
    return "\n".join([head, *(f"            {line}" for line in OPTIMISERS[config.optimiser])])


def _end(stop: Stop) -> dict:
    """The rules that end the run early, where there are any."""
    lines, best = [], stop.patience > 0
    if best:
        lines += ["        if error < best:", "            best, best_epoch = error, epoch"]
    rules = [f"error <= {stop.target_error!r}"] * (stop.target_error > 0)
    rules += [f"epoch - best_epoch >= {stop.patience}"] * best
    if rules:
        lines += [f"        if {' or '.join(rules)}:", "            break"]
    return {
        "stop": "".join(f"{line}\n" for line in lines),
        "best": ", best, best_epoch" * best,
        "best_start": ", np.inf, 0" * best,
    }


def _accuracy(config: Config) -> str:
    """What prints the last line of the command line."""
    tests, of_what = "_test", ""
    if not config.accuracy.of_tests:
        tests, of_what = "", " of the training samples, there are no others"
    return (
        f"right = net.forward(X{tests})[1][-1].argmax(axis=1) == y{tests}.argmax(axis=1)\n"
        f'    print(f"Network Accuracy: {{right.mean()}}{of_what}")'
    )
