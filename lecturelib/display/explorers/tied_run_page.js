// Tied weights: drawing, and the page. A step is asked for by the animation frame; the rule and the rate that are set
// at that moment make it.

const TIED_HELP = [
  ["Play", "makes steps"],
  ["rule, optimizer, rate", "act from the next step on, also while it runs"],
  ["start, Reset", "begin anew"],
];
const [STEP_MS, SAVE_EVERY, VISIBLE] = [40, 25, 200];
const SCALE = [-3, 4]; // of the weights
const DECADES = [-6, 6]; // of the losses
const TIED_LOOKS = { // colour, dashes, mark
  none: { color: "#595959", dash: [2.5, 3.5], mark: "circle" },
  sum: { color: ORANGE, dash: [], mark: "square" },
  mean: { color: BLUE, dash: [9, 4], mark: "up" },
  average: { color: GREEN, dash: [12, 4, 2.5, 4], mark: "diamond" },
};

// ---- drawing

// Where the two plots and the numbers lie, in CSS pixels.
function tiedLayout(width) {
  const [left, right, top, low] = [30, 42, 30, 300];
  const half = Math.floor(width * 0.45);
  return {
    weights: { left, top, width: half - left - 12, height: low - top },
    losses: { left: half + right, top: top + 42, width: width - half - right - 10, height: low - top - 42 },
    keys: [low + 34, low + 54], numbers: low + 92, labels: low + 120, second: half + right, width, height: low + 134,
  };
}

function drawMarkAt(pen, kind, x, y, size, fill, stroke = fill) {
  const corners = { square: [[-1, -1], [1, -1], [1, 1], [-1, 1]], diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
    up: [[-1, 0.9], [1, 0.9], [0, -1]], down: [[-1, -0.9], [1, -0.9], [0, 1]] }[kind];
  pen.beginPath();
  if (corners) corners.forEach(([dx, dy]) => pen.lineTo(x + dx * size, y + dy * size));
  else pen.arc(x, y, size, 0, 2 * Math.PI);
  pen.closePath();
  pen.fillStyle = fill;
  pen.strokeStyle = stroke;
  pen.lineWidth = 1.2;
  pen.fill();
  pen.stroke();
}

function line(pen, x0, y0, x1, y1, color, thickness) {
  pen.strokeStyle = color;
  pen.lineWidth = thickness;
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}

// A weight in its column: a mark, or an arrow at the edge where it is off the scale.
function drawWeight(pen, { top, height }, x, value, size, kind, fill, stroke) {
  const [low, high] = SCALE;
  if (!(value <= high)) drawMarkAt(pen, "up", x, top + size + 1, size, fill, stroke);
  else if (value < low) drawMarkAt(pen, "down", x, top + height - size - 1, size, fill, stroke);
  else drawMarkAt(pen, kind, x, top + ((high - value) / (high - low)) * height, size, fill, stroke);
}

function drawWeights(pen, place, { copies, before, _data: { truth } }) {
  const { left, top, width, height } = place;
  const [low, high] = SCALE;
  const y = (value) => top + ((high - value) / (high - low)) * height;
  for (let value = low; value <= high; value += 1) {
    line(pen, left, y(value), left + width, y(value), "#e3e3e3", 1);
    write(pen, tidy(value), left - 7, y(value), { size: 12, align: "right" });
  }
  const column = width / truth.length;
  const mean = meanOf(copies);
  truth.forEach((value, tap) => {
    const middle = left + (tap + 0.5) * column;
    const x = (p) => middle + ((p - (copies.length - 1) / 2) / copies.length) * 0.84 * column;
    line(pen, middle - 0.46 * column, y(value), middle + 0.46 * column, y(value), INK, 4);
    before.forEach((copy, p) => { if (copy[tap] >= low && copy[tap] <= high) drawWeight(pen, place, x(p), copy[tap], 2.8, "circle", "#ffffff", RULE); });
    copies.forEach((copy, p) => drawWeight(pen, place, x(p), copy[tap], 3, "circle", BLUE));
    drawWeight(pen, place, middle, mean[tap], 6, "diamond", ORANGE, INK);
    write(pen, `tap ${tap}`, middle, top + height + 13, { size: 12 });
  });
  box(pen, left, top, width, height, RULE, 1);
}

// Names a segment above the plot by what has room: the rule or its letter, and optimizer with rate.
function nameSegment(pen, [rule, optimizer, rate], x, room, top) {
  const fits = (text) => widthOf(pen, text, 12.5) <= room;
  const name = [rule, rule[0].toUpperCase()].find(fits);
  const how = `${optimizer} ${rate}`;
  if (name) write(pen, name, x, top - 28, { size: 12.5, align: "left", weight: "600" });
  if (fits(how)) write(pen, how, x, top - 12, { size: 12.5, align: "left" });
}

function drawLosses(pen, { left, top, width, height }, { losses, made, steps }) {
  const first = Math.max(steps - VISIBLE, 0);
  const x = (step) => left + 4 + ((step - first) / VISIBLE) * (width - 8);
  const [low, high] = DECADES;
  const y = (loss) => top + 5 + ((high - clamp(Math.log10(loss), low, high)) / (high - low)) * (height - 10);
  const yOf = (loss) => (Number.isFinite(loss) ? y(loss) : y(TOO_LARGE));
  for (let power = low; power <= high; power += 3) {
    line(pen, left, y(10 ** power), left + width, y(10 ** power), "#e3e3e3", 1);
    write(pen, power ? `10${raised(power)}` : "1", left - 7, y(10 ** power), { size: 12, align: "right" });
  }
  for (let step = Math.ceil(first / 50) * 50; step <= first + VISIBLE; step += 50) {
    line(pen, x(step), top + height, x(step), top + height + 4, RULE, 1);
    write(pen, String(step), x(step), top + height + 13, { size: 12 });
  }
  box(pen, left, top, width, height, RULE, 1);
  made.forEach((segment, k) => {
    const [rule, , , start, stop] = segment;
    if (stop < first) return;
    const from = Math.max(start, first);
    const { color, dash, mark } = TIED_LOOKS[rule];
    if (start > first) line(pen, x(start), top - 36, x(start), top + height, "#949494", 1);
    pen.setLineDash(dash);
    pen.beginPath();
    for (let step = from; step <= stop; step += 1) pen.lineTo(x(step), yOf(losses[step]));
    pen.strokeStyle = color;
    pen.lineWidth = 2.5;
    pen.stroke();
    pen.setLineDash([]);
    drawMarkAt(pen, mark, x(stop), yOf(losses[stop]), 4, color);
    const end = k < made.length - 1 ? x(stop) : left + width;
    nameSegment(pen, segment, x(from) + 3, end - x(from) - 5, top);
  });
  if (!made.length) drawMarkAt(pen, "circle", x(0), yOf(losses[0]), 4, INK);
}

function drawTied(pen, places, picture) {
  const { weights, losses, keys, numbers, labels, second } = places;
  drawWeights(pen, weights, picture);
  drawLosses(pen, losses, picture);
  const title = `loss after ${stepsOf(picture.steps)}: ${shortOf(picture.losses.at(-1))}`;
  write(pen, "the 18 copies of each weight", weights.left + weights.width / 2, 14, { weight: "600" });
  write(pen, title, losses.left + losses.width / 2, 14, { weight: "600" });
  const key = (x, y, kind, size, fill, stroke, text) => {
    drawMarkAt(pen, kind, x, y, size, fill, stroke);
    write(pen, text, x + 11, y, { size: 13, align: "left" });
    return x + 26 + widthOf(pen, text, 13);
  };
  let x = key(6, keys[0], "circle", 3, BLUE, BLUE, "a copy");
  x = key(x, keys[0], "diamond", 5, ORANGE, INK, "their mean");
  line(pen, x - 5, keys[0], x + 9, keys[0], INK, 4);
  write(pen, "true", x + 15, keys[0], { size: 13, align: "left" });
  key(6, keys[1], "circle", 3, "#ffffff", RULE, "the copy when this rule began");
  const next = `next step: ${picture.rule}, ${picture.optimizer}, rate ${picture.rate}`;
  if (picture.diverged) {
    const text = "diverged: the steps are too large";
    const size = [16, 15, 14].find((points) => widthOf(pen, text, points, "700") <= places.width - second) ?? 13;
    write(pen, text, second, keys[1] + 2, { size, weight: "700", color: "#b34f00", align: "left" });
  } else write(pen, next, second, keys[1], { size: 13, align: "left" });
  write(pen, "steps", losses.left + losses.width / 2, keys[0] - 2, { size: 13 });
  write(pen, shortOf(picture.distance), 0, numbers, { size: 28, weight: "700", align: "left" });
  write(pen, shortOf(picture.spread), second, numbers, { size: 28, weight: "700", align: "left" });
  write(pen, "from their mean to the true kernel", 0, labels, { size: 13, align: "left" });
  write(pen, "largest difference between copies", second, labels, { size: 13, align: "left" });
}

// ---- the page

const mayGoOn = (picture) => !picture.diverged && picture.steps < picture._data.most;

// Steps for as long as it plays, one at a time, each asked for by the animation frame.
function tiedPlayer(view, page, model) {
  let [frame, due] = [0, 0];
  const step = (save) => {
    if (!mayGoOn(page.picture)) return;
    model.set("segments", oneMore(view.state())); // draws: the view hears of it
    if (save || page.picture.steps % SAVE_EVERY === 0) model.save_changes();
  };
  const paint = () => { page.play.textContent = frame ? "Pause" : "Play"; };
  const pause = () => {
    if (!frame) return;
    cancelAnimationFrame(frame);
    frame = 0;
    paint();
    model.save_changes();
  };
  const tick = (now) => {
    frame = requestAnimationFrame(tick);
    if (now < due) return;
    due = now + STEP_MS - 4;
    step(false);
    if (!mayGoOn(page.picture)) pause();
  };
  const toggle = () => {
    if (frame) return pause();
    if (!mayGoOn(page.picture)) return undefined;
    frame = requestAnimationFrame(tick);
    return paint();
  };
  view.signal.addEventListener("abort", () => cancelAnimationFrame(frame));
  return { toggle, pause, step: () => { pause(); step(true); } };
}

// A slider over the stops of the rate; it says the rate, not the number of the stop.
function rateSlider(view) {
  const { rates } = view.state()._data;
  const attributes = { type: "range", min: "0", max: String(rates.length - 1), step: "1", "data-testid": "rate", "data-lm-suppress-shortcuts": "true" };
  const input = element("input", attributes);
  const value = element("span", { "aria-hidden": "true" });
  value.style.cssText = "display:inline-block;min-width:3em;font-variant-numeric:tabular-nums";
  input.style.width = "130px";
  input.addEventListener("input", () => view.change({ rate: rates[Number(input.value)] }), { signal: view.signal });
  const show = (rate) => {
    input.value = String(rates.indexOf(rate));
    input.setAttribute("aria-valuetext", String(rate));
    value.textContent = String(rate);
  };
  return { node: element("label", { class: "lx-control" }, "Rate ", input, value), show };
}

function tiedControls(view, page, model) {
  const { signal } = view;
  const words = (names) => names.map((name) => [name, name]);
  const player = tiedPlayer(view, page, model);
  const rule = switcher("Rule", "rule", words(["none", "sum", "mean", "average"]), signal, (value) => view.change({ rule: value }));
  const optimizer = switcher("Optimizer", "optimizer", words(["SGD", "Adam"]), signal, (value) => view.change({ optimizer: value }));
  const rate = rateSlider(view);
  const anew = (changes) => { player.pause(); view.change({ segments: [], ...changes }); };
  const start = switcher("Start", "start", words(["equal", "different"]), signal, (value) => anew({ start: value }));
  page.play = pushButton("Play", "play", signal, player.toggle);
  page.play.style.minWidth = "5.2em";
  page.step = pushButton("Step", "step", signal, player.step);
  const reset = pushButton("Reset", "reset", signal, () => anew({}));
  const show = (state) => {
    rule.show(state.rule);
    optimizer.show(state.optimizer);
    rate.show(state.rate);
    start.show(state.start);
    const ended = !mayGoOn(page.picture);
    [page.play, page.step].forEach((button) => { // not `disabled`: it would lose the keyboard
      button.setAttribute("aria-disabled", String(ended));
      button.style.opacity = ended ? "0.45" : "1";
    });
  };
  const node = element("div", { class: "lx-controls" }, rule.node, optimizer.node, rate.node, start.node,
    element("span", { class: "lx-control" }, page.play, page.step, reset));
  return { node, show };
}

function paintTied(page, width, state) {
  page.picture = tiedPicture(state);
  const places = tiedLayout(width);
  drawTied(sizeCanvas(page.canvas, width, places.height), places, page.picture);
  const text = tiedWords(page.picture);
  page.words.style.minHeight = width < 700 ? "6.2em" : "4.6em"; // room for the longest, so that nothing jumps
  page.words.textContent = text;
  page.controls.show(state);
  page.live.say(text);
}

export default {
  render({ model, el }) {
    const page = { picture: null };
    return startView(model, el, TIED_KEYS, {
      className: "tied-run",
      build: (view) => {
        page.controls = tiedControls(view, page, model);
        layPage(view, page, [], TIED_HELP);
      },
      draw: (state, width) => paintTied(page, width, state),
    });
  },
};
