"""A drawing in SVG; Streamlit's own HTML element strips it."""

import streamlit as st

JAVASCRIPT = """
export default function ({ data, parentElement }) {
  const box = parentElement.querySelector("div");
  if (box.mlpText !== data.svg) box.innerHTML = box.mlpText = data.svg;
  return () => {};
}
"""

_component = st.components.v2.component(
    "mlp_drawing",
    js=JAVASCRIPT,
    html="<div></div>",
    css="div { color: var(--st-text-color); font-family: var(--st-font) }",
)


def drawing(svg: str, key: str) -> None:
    """Show a drawing made by this app, or update it where it stands."""
    _component(key=key, data={"svg": svg})
