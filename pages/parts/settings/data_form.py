"""The settings of a data set as widgets; their keys are their names in the address."""

from collections.abc import Callable

import streamlit as st

from mlp.datasets import Digits, Parity, mnist
from mlp.datasets.digits import COLLECTIONS, PIXELS
from mlp.datasets.parity import RULES
from pages.parts.page.widgets import IN_URL, choice


def settings_of(default: Parity | Digits) -> Parity | Digits:
    """The widgets of a data set of this kind, and the settings that they make.

    Raises ValueError while they make no sense together.
    """
    return WIDGETS[default.name](default)


def _parity(d: Parity) -> Parity:
    bits = st.slider(
        "Bits",
        2,
        16,
        d.bits,
        key="bits",
        help="How long the binary numbers are. 10 bits make 1,024 numbers.",
        **IN_URL,
    )
    rule = choice(
        "Question about the number",
        RULES,
        d.rule,
        "rule",
        format_func=lambda name: RULES[name].title,
        help="Even or odd hangs on one bit alone. The parity of the ones hangs on all of them.",
    )
    share = st.number_input(
        "Share for training",
        value=d.train_share,
        step=0.05,
        format="%g",
        key="train_share",
        help="0.684 of 1,024 numbers are the article's 700. The rest is for testing.",
        **IN_URL,
    )
    data = Parity(bits=bits, rule=rule, train_share=share)
    count = data.train_count
    st.caption(f"{count:,} numbers to train on, {2**bits - count:,} to test on.")
    return data


def _digits(d: Digits) -> Digits:
    images = choice(
        "Images",
        COLLECTIONS,
        d.images,
        "images",
        help="The 5,000 that come with the app are enough to see everything here. full is all of "
        "MNIST, 70,000: fetched once, on request, then kept.",
    )
    pixels = choice(
        "Pixels",
        PIXELS,
        d.pixels,
        "pixels",
        help="The range of the inputs. The article takes 0 to 255, and its sigmoids saturate.",
    )
    pictures = COLLECTIONS[images].read()
    count, test = len(pictures.X_train), len(pictures.X_test)
    more = "" if mnist.is_there() else " The full MNIST is not on this machine yet."
    st.caption(f"{count:,} images to train on, {test:,} to test on.{more}")
    return Digits(images=images, pixels=pixels)


WIDGETS: dict[str, Callable] = {Parity.name: _parity, Digits.name: _digits}
