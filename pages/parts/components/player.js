// Plays the frames of a figure: buttons, slider, keys and a line of text under it; see plot.py.
//
// A figure with layout.meta.walk = {steps, texts, group, controls, redraw} is a walk: frame n shows
// step steps[n], and texts[n] says it in words. All walks of a group on a page stand at the same
// frame; here, `step` counts frames.

const KEYS_OF_THEIR_OWN =
  "input, textarea, select, [contenteditable], [role=slider], [role=radio], [role=tab], " +
  "[role=option], [role=combobox], [role=grid], [role=menuitem], canvas";

function button(name, label, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = `mlp-player-${name}`;
  element.addEventListener("click", act);
  return relabelled(element, label);
}

function relabelled(element, [sign, label]) {
  element.textContent = sign;
  element.setAttribute("aria-label", label);
  element.title = label;
  return element;
}

const PLAY = ["▶ Play", "Play (space)"];
const PAUSE = ["❚❚ Pause", "Pause (space)"];
const BACK = ["‹", "One step back (left arrow)"];
const FORWARD = ["›", "One step forward (right arrow)"];

function part(tag, name) {
  const element = document.createElement(tag);
  element.className = `mlp-player-${name}`;
  return element;
}

// The controls under a figure, made once; they stay when the figure changes.
function controlsUnder(element) {
  const bar = part("div", "bar");
  const player = {
    box: part("div", "box"),
    back: button("back", BACK, () => stepTo(element, element.mlpWalk.step - 1)),
    play: button("play", PLAY, () => toggle(element)),
    forward: button("forward", FORWARD, () => stepTo(element, element.mlpWalk.step + 1)),
    slider: part("input", "slider"),
    place: part("output", "place"),
    text: part("div", "text"),
  };
  Object.assign(player.slider, { type: "range", min: 0, step: 1, value: 0 });
  player.slider.setAttribute("aria-label", "Step");
  player.slider.addEventListener("input", () => stepTo(element, Number(player.slider.value)));
  bar.append(player.back, player.play, player.forward, player.slider, player.place);
  player.box.append(bar, player.text);
  element.after(player.box);
  document.mlpKeys ??= document.addEventListener("keydown", onKey) ?? true;
  return player;
}

// Take up a new figure, drawn at step 0; or the same one again, in other colours.
export async function takeUp(element, figure, changed) {
  const meta = figure.layout.meta?.walk;
  const before = element.mlpWalk;
  if (before) before.playing = false;
  if (!meta) {
    before?.controls?.box.remove();
    element.mlpWalk = null;
    return;
  }
  const controls = meta.controls ? (before?.controls ?? controlsUnder(element)) : null;
  const step = changed ? 0 : (before?.step ?? 0);
  const alt = figure.layout.meta.alt ?? "";
  const last = figure.frames.length - 1;
  const still = { step: 0, shown: 0, playing: false };
  element.mlpWalk = { ...meta, ...still, controls, alt, last, frames: figure.frames };
  if (step) await show(element, step);
  tell(element);
}

// What the controls and the text say now.
function tell(element) {
  const { controls, steps, texts, step, last, playing, alt } = element.mlpWalk;
  const place = `Step ${steps[step]} of ${steps[last]}`;
  element.dataset.step = steps[step];
  element.setAttribute("aria-label", `${alt} ${place}. ${texts[step] ?? ""}`.trim());
  if (!controls) return;
  controls.slider.max = last;
  controls.slider.value = step;
  controls.slider.setAttribute("aria-valuetext", place);
  controls.place.textContent = `${steps[step]} / ${steps[last]}`;
  controls.text.textContent = texts[step] ?? "";
  controls.back.disabled = step === 0;
  controls.forward.disabled = step === last;
  controls.play.disabled = last === 0;
  relabelled(controls.play, playing ? PAUSE : PLAY);
}

// Plotly's own animation moves points and leaves the rest of a flat picture alone; but it takes
// every contour out until a redraw, which flickers. There the points are put in place in one go.
function drawFrame(element, walk) {
  const { data, traces } = walk.frames[walk.shown];
  const solid = data[0].type.endsWith("3d");
  if (walk.redraw && !solid) {
    const update = { x: data.map((trace) => trace.x), y: data.map((trace) => trace.y) };
    return window.Plotly.restyle(element, update, traces);
  }
  return window.Plotly.animate(element, [String(walk.shown)], {
    mode: "immediate",
    transition: { duration: 0 },
    frame: { duration: 0, redraw: solid },
  });
}

// Draw a step; while one is being drawn only the last one asked for waits.
async function show(element, step) {
  const walk = element.mlpWalk;
  walk.step = Math.min(Math.max(step, 0), walk.last);
  tell(element);
  if (walk.drawing) return walk.drawing;
  walk.drawing = (async () => {
    while (element.isConnected && element.mlpWalk === walk && walk.shown !== walk.step) {
      walk.shown = walk.step;
      const begun = performance.now();
      await drawFrame(element, walk);
      walk.cost = performance.now() - begun;
      element.dataset.frames = Number(element.dataset.frames ?? 0) + 1;
    }
  })();
  try {
    await walk.drawing;
  } catch {
    // A drawing that a newer figure overtook.
  } finally {
    walk.drawing = null;
  }
}

// The other walks of the group come along; one that is slow to draw only when this one rests.
const SLOW = 30; // milliseconds a frame

function others(element) {
  return [...document.querySelectorAll(".mlp-plot")].filter(
    (other) => other !== element && other.mlpWalk?.group === element.mlpWalk.group,
  );
}

function bring(element, resting) {
  for (const other of others(element)) {
    const slow = other.mlpWalk.redraw && other.mlpWalk.cost > SLOW;
    if (resting || !slow) show(other, element.mlpWalk.step);
  }
}

function stepTo(element, step) {
  element.mlpWalk.playing = false;
  document.mlpLastPlayed = element;
  show(element, step);
  bring(element, true);
}

function pause(element) {
  element.mlpWalk.playing = false;
  tell(element);
}

// Longer walks go faster: a short one half a second a step, 60 steps in less than five seconds.
function pace(last) {
  return Math.min(Math.max(4200 / last, 50), 600);
}

async function toggle(element) {
  const walk = element.mlpWalk;
  document.mlpLastPlayed = element;
  if (walk.playing) {
    stepTo(element, walk.step);
    return;
  }
  for (const other of others(element)) pause(other);
  walk.playing = true;
  if (walk.step === walk.last) await show(element, 0);
  tell(element);
  while (walk.playing && walk.step < walk.last && element.mlpWalk === walk) {
    const due = performance.now() + pace(walk.last);
    await show(element, walk.step + 1);
    bring(element, false);
    await new Promise((next) => setTimeout(next, Math.max(due - performance.now(), 4)));
    if (!element.isConnected) return;
  }
  if (element.mlpWalk !== walk) return;
  walk.playing = false;
  tell(element);
  bring(element, true);
}

// Space plays, the arrows step, unless whatever has the focus uses these keys itself.
function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const focus = event.composedPath()[0];
  if (focus instanceof Element && focus.closest(KEYS_OF_THEIR_OWN)) return;
  const space = event.key === " ";
  if (space && focus instanceof Element && focus.closest("button, a, summary")) return;
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!space && !way) return;
  const players = [...document.querySelectorAll(".mlp-plot")].filter((e) => e.mlpWalk?.controls);
  const last = document.mlpLastPlayed;
  const element = players.includes(last) ? last : players[0];
  if (!element) return;
  event.preventDefault();
  if (space) toggle(element);
  else stepTo(element, element.mlpWalk.step + way);
}
