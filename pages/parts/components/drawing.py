"""A drawing in SVG; Streamlit's own HTML element strips it."""

from pages.parts.components.assets import component

_component = component("drawing")


def drawing(svg: str, key: str) -> None:
    """Show a drawing made by this app, or update it where it stands."""
    _component(key=key, data={"svg": svg})
