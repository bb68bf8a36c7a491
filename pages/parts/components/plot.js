// Draws one figure with Plotly and updates it in place; see plot.py.

import css from "./plot.css.js";
import { inOrder } from "./order.js";
import { takeUp } from "./player.js";
import { styles } from "./styles.js";

const style = styles(css);

const CONFIG = {
  responsive: true,
  displaylogo: false,
  scrollZoom: false,
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
  // No "Share chart", which uploads the figure to Plotly's cloud, and no address to upload it to.
  showSendToCloud: false,
  plotlyServerURL: "",
};

// One plotly.js for the whole page, whatever the number of figures.
function loadPlotly(address) {
  window.mlpPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      delete window.mlpPlotly;
      reject(new Error("plotly.js did not load"));
    };
    document.head.append(script);
  });
  return window.mlpPlotly;
}

// One figure after the other, with a breath between: the page paints the first as soon as it is
// drawn, and hears a click before the last.
function turn() {
  const next = () => new Promise((begin) => setTimeout(begin));
  window.mlpTurn = (window.mlpTurn ?? Promise.resolve()).then(next);
  return window.mlpTurn;
}

function box(parent, height) {
  let element = parent.querySelector(":scope > .mlp-plot");
  if (!element) {
    element = document.createElement("div");
    element.className = "mlp-plot";
    element.setAttribute("role", "img");
    element.append(message("Drawing …"));
    // While a hand drags in the figure, it waits: a new picture would tear the drag off.
    element.addEventListener("pointerdown", () => {
      element.mlpHeld = true;
      const release = () => {
        element.mlpHeld = false;
        setTimeout(() => draw(element), 50);
      };
      window.addEventListener("pointerup", release, { once: true });
      window.addEventListener("pointercancel", release, { once: true });
    });
    parent.append(element);
  }
  element.style.height = `${height}px`;
  return element;
}

function message(text) {
  const element = document.createElement("div");
  element.className = "mlp-plot-message";
  element.textContent = text;
  return element;
}

// A grey that is faint on white and on black.
const GRID = "rgba(128, 128, 128, 0.25)";
const AXIS = { gridcolor: GRID, zerolinecolor: GRID, linecolor: GRID, tickcolor: GRID };

// The page's own text colour and font, so that a figure looks at home in every theme.
function themed(layout, element) {
  const style = getComputedStyle(element);
  const font = { ...layout.font, color: style.color, family: style.fontFamily };
  const copy = {
    ...layout,
    autosize: true,
    paper_bgcolor: "rgba(0, 0, 0, 0)",
    plot_bgcolor: "rgba(0, 0, 0, 0)",
    font,
    hoverlabel: { font: { family: font.family }, ...layout.hoverlabel },
    modebar: { bgcolor: "rgba(0, 0, 0, 0)", color: GRID, activecolor: style.color },
  };
  for (const name of Object.keys(layout)) {
    if (/^[xy]axis\d*$/.test(name)) copy[name] = { ...AXIS, ...layout[name] };
    if (/^scene\d*$/.test(name)) {
      copy[name] = { ...layout[name] };
      for (const axis of ["xaxis", "yaxis", "zaxis"]) {
        copy[name][axis] = { ...AXIS, color: style.color, ...layout[name][axis] };
      }
    }
  }
  return copy;
}

const HOVER_MILLISECONDS = 100;

// Tell Python where in the figure, in its own units, somebody clicked or lingers.
function listen(element) {
  if (element.mlpListens) return;
  element.mlpListens = true;
  element.on("plotly_hover", ({ points: [point] }) => {
    const at = { x: point?.x, y: point?.y };
    clearTimeout(element.mlpLingers);
    if (!Number.isFinite(at.x) || !Number.isFinite(at.y)) return;
    if (at.x === element.mlpHovered?.x && at.y === element.mlpHovered?.y) return;
    element.mlpLingers = setTimeout(() => {
      if (!element.mlpHover) return;
      element.mlpHovered = at;
      element.mlpHover(at);
    }, HOVER_MILLISECONDS);
  });
  element.on("plotly_unhover", () => clearTimeout(element.mlpLingers));
  element.on("plotly_click", ({ points, xvals, yvals }) => {
    const [x, y] = [xvals?.[0] ?? points[0]?.x, yvals?.[0] ?? points[0]?.y];
    if (Number.isFinite(x) && Number.isFinite(y)) element.mlpClick?.({ x, y });
  });
}

function inSight(element) {
  const box = element.getBoundingClientRect();
  return box.bottom > 0 && box.top < window.innerHeight;
}

async function draw(element) {
  clearTimeout(element.mlpLater);
  element.mlpLater = null;
  if (element.mlpBusy || element.mlpHeld) return;
  element.mlpBusy = true;
  try {
    while (element.mlpNext && !element.mlpHeld) {
      const { text, address, name } = element.mlpNext;
      element.mlpNext = null;
      const Plotly = await loadPlotly(address);
      await turn();
      if (!element.isConnected) {
        element.mlpAsked = null; // should it come back, it is drawn then
        return;
      }
      const figure = JSON.parse(text);
      element.querySelector(":scope > .mlp-plot-message")?.remove();
      const layout = themed(figure.layout, element);
      const config = {
        ...CONFIG,
        toImageButtonOptions: { filename: name, scale: 2 },
      };
      await Plotly.react(element, { data: figure.data, layout, frames: figure.frames, config });
      element.setAttribute("aria-label", figure.layout.meta?.alt ?? name);
      listen(element);
      await takeUp(element, figure, element.mlpText !== text);
      element.mlpText = text;
      element.dataset.draws = Number(element.dataset.draws ?? 0) + 1;
      window.mlpDraws = (window.mlpDraws ?? 0) + 1;
    }
  } catch (error) {
    element.mlpAsked = null;
    element.replaceChildren(
      message("This figure could not be drawn. Reload the page to try again.")
    );
    console.error(error);
  } finally {
    element.mlpBusy = false;
  }
}

export default inOrder(function ({ data, parentElement, setTriggerValue }) {
  style(parentElement);
  const { figure: text, plotly: address, name, clickable, hoverable } = data;
  const element = box(parentElement, JSON.parse(text).layout.height);
  element.dataset.figure = name;
  element.mlpClick = clickable ? (at) => setTriggerValue("click", at) : null;
  element.mlpHover = hoverable ? (at) => setTriggerValue("hover", at) : null;
  const theme = getComputedStyle(parentElement).getPropertyValue("--st-text-color");
  // A rerun that changes neither the figure nor the theme costs nothing. What counts is what was
  // asked for last: another figure may still be drawn when an earlier one is asked for again.
  if (element.mlpAsked === text && element.mlpTheme === theme) return;
  element.mlpAsked = text;
  element.mlpTheme = theme;
  element.mlpNext = { text, address, name };
  // What is out of sight may lag a second behind, so that what is in sight paints smoothly.
  if (inSight(element) || !element.mlpText) draw(element);
  else element.mlpLater ??= setTimeout(() => draw(element), 1000);
  return () => {};
});
