// Shows a drawing in SVG; see drawing.py.

import css from "./drawing.css.js";
import { inOrder } from "./order.js";
import { styles } from "./styles.js";

const style = styles(css);

export default inOrder(function ({ data, parentElement }) {
  style(parentElement);
  const box = parentElement.querySelector("div");
  if (box.mlpText !== data.svg) box.innerHTML = box.mlpText = data.svg;
  return () => {};
});
