// A board to draw a digit on: mouse, finger and pen, undo and clear; see canvas.py.
//
// Strokes are kept as points from 0 to 1, drawn in the board's own size for the eye, and once more
// in side x side pixels for the network.

import css from "./canvas.css.js";
import { inOrder } from "./order.js";
import { styles } from "./styles.js";

const style = styles(css);

const SIZE = 560; // pixels of the visible board, however large it is on the screen
const PEN = 0.085; // of the board's side
const EVERY = 150; // milliseconds between two images while the pen is down
const PAPER = "#16181d";
const INK = "#ffffff";

function make(tag, className, parent, more = {}) {
  const element = Object.assign(document.createElement(tag), { className, ...more });
  parent.append(element);
  return element;
}

function paint(context, size, strokes, paper) {
  context.fillStyle = paper;
  context.fillRect(0, 0, size, size);
  context.strokeStyle = context.fillStyle = INK;
  context.lineWidth = PEN * size;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) {
    const [x0, y0] = stroke[0];
    context.beginPath();
    if (stroke.every(([x, y]) => x === x0 && y === y0)) {
      // A line of no length has no round ends, so the dot is drawn as a disc.
      context.arc(x0 * size, y0 * size, (PEN * size) / 2, 0, 2 * Math.PI);
      context.fill();
      continue;
    }
    context.moveTo(x0 * size, y0 * size);
    for (const [x, y] of stroke) context.lineTo(x * size, y * size);
    context.stroke();
  }
}

// The strokes as side x side bytes, 0 for paper and 255 for ink, in base64.
function image(strokes, side) {
  const small = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const context = small.getContext("2d", { willReadFrequently: true });
  paint(context, side, strokes, "#000000");
  const pixels = context.getImageData(0, 0, side, side).data;
  let bytes = "";
  for (let i = 0; i < pixels.length; i += 4) bytes += String.fromCharCode(pixels[i]);
  return btoa(bytes);
}

function build(parent) {
  const root = make("div", "mlp-board", parent);
  const frame = make("div", "mlp-board-frame", root);
  const sheet = make("canvas", "mlp-board-canvas", frame, { width: SIZE, height: SIZE });
  sheet.setAttribute("role", "img");
  sheet.setAttribute("aria-label", "Draw a digit here with mouse, finger or pen");
  const hint = make("div", "mlp-board-hint", frame, { textContent: "Draw a digit here" });
  const bar = make("div", "mlp-board-bar", root);
  const undo = make("button", "", bar, { type: "button", textContent: "↶ Undo" });
  const clear = make("button", "", bar, { type: "button", textContent: "Clear" });
  undo.title = "Take back the last stroke";
  const board = { root, strokes: [], stroke: null, pointer: null, last: 0, later: null };

  board.show = () => {
    paint(sheet.getContext("2d"), SIZE, board.strokes, PAPER);
    hint.hidden = board.strokes.length > 0;
    undo.disabled = clear.disabled = board.strokes.length === 0;
  };
  board.tell = () => {
    clearTimeout(board.later);
    board.later = null;
    board.last = performance.now();
    const ink = board.strokes.length ? image(board.strokes, board.side) : null;
    board.send({ sheet: board.sheet, ink });
  };
  board.tellSoon = () => {
    const wait = board.last + EVERY - performance.now();
    if (wait <= 0) board.tell();
    else board.later ??= setTimeout(board.tell, wait);
  };
  board.wipe = () => {
    board.strokes = [];
    board.stroke = board.pointer = null;
    clearTimeout(board.later);
    board.later = null;
    board.show();
  };

  const at = (event) => {
    const box = sheet.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  sheet.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || board.pointer !== null) return;
    event.preventDefault();
    sheet.setPointerCapture(event.pointerId);
    board.pointer = event.pointerId;
    board.stroke = [at(event)];
    board.strokes.push(board.stroke);
    board.show();
  });
  sheet.addEventListener("pointermove", (event) => {
    if (event.pointerId !== board.pointer) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) board.stroke.push(at(move));
    board.show();
    board.tellSoon();
  });
  const end = (event) => {
    if (event.pointerId !== board.pointer) return;
    board.stroke = board.pointer = null;
    board.tell();
  };
  // The page has shortcuts of its own, such as the space bar; here they press the button in focus.
  bar.addEventListener("keydown", (event) => event.stopPropagation());
  sheet.addEventListener("pointerup", end);
  sheet.addEventListener("pointercancel", end);
  undo.addEventListener("click", () => {
    board.strokes.pop();
    board.show();
    board.tell();
  });
  clear.addEventListener("click", () => {
    board.wipe();
    board.tell();
  });
  board.show();
  return board;
}

export default inOrder(function ({ data, parentElement, setStateValue }) {
  style(parentElement);
  const home = parentElement.querySelector("div");
  const board = (home.mlpBoard ??= build(home));
  board.side = data.side;
  board.send = (drawing) => setStateValue("drawing", drawing);
  if (board.sheet !== data.sheet) {
    board.sheet = data.sheet;
    board.wipe();
  }
  return () => {};
});
