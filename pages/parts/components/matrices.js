// Draws rows of signs and matrices whose entries are buttons; see matrices.py.

import css from "./matrices.css.js";
import { inOrder } from "./order.js";
import { styles } from "./styles.js";

const style = styles(css);

function make(tag, className, parent) {
  const element = document.createElement(tag);
  element.className = className;
  parent.append(element);
  return element;
}

function drawMatrix(matrix, parent, send) {
  const box = make("div", "mlp-matrix", parent);
  box.dataset.matrix = matrix.name;
  if (matrix.wide) box.classList.add("wide");
  make("div", "mlp-matrix-label", box).innerHTML = matrix.label;
  const frame = make("div", "mlp-matrix-frame", box);
  const table = make("table", "", frame);
  table.setAttribute("aria-label", `${matrix.name}, ${matrix.shape}`);
  const marked = new Set(matrix.marked.map(String));
  matrix.texts.forEach((texts, i) => {
    const row = make("tr", "", table);
    texts.forEach((text, j) => {
      const cell = make("td", "", row);
      const button = make("button", "", cell);
      button.type = "button";
      button.textContent = text;
      const kind = matrix.kinds?.[i][j];
      if (kind) button.classList.add(kind);
      else {
        button.style.background = matrix.fills[i][j];
        button.style.color = matrix.inks[i][j];
      }
      if (marked.has(String([i, j]))) button.classList.add("marked");
      button.onclick = () => send(matrix.name, i, j);
    });
  });
  make("div", "mlp-matrix-shape", box).textContent = matrix.shape;
}

export default inOrder(function ({ data, parentElement, setTriggerValue }) {
  style(parentElement);
  const text = JSON.stringify(data);
  let root = parentElement.querySelector(":scope > .mlp-matrices");
  if (!root) root = make("div", "mlp-matrices", parentElement);
  if (root.mlpText !== text) {
    root.mlpText = text;
    root.replaceChildren();
    const send = (name, row, column) => setTriggerValue("entry", { name, row, column });
    for (const pieces of data.rows) {
      const row = make("div", "mlp-matrices-row", root);
      for (const piece of pieces) {
        if (typeof piece === "string") make("span", "mlp-matrices-sign", row).innerHTML = piece;
        else drawMatrix(piece, row, send);
      }
    }
    window.mlpSteps = (window.mlpSteps ?? 0) + 1;
  }
  return () => {};
});
