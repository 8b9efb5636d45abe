// Shared by the explorers that draw on a canvas. Python puts this file in front of an explorer's own
// script, so nothing is imported and nothing is exported here. Numbers first, then drawing, then the page.

// ---- numbers (the same sums as lecturelib.convolve and lecturelib.cross_correlate; tested against them)

function flipBoth(kernel) {
  return kernel.map((row) => [...row].reverse()).reverse();
}

// image (H, W), kernel (KH, KW) -> (H - KH + 1, W - KW + 1)
function convolveValid(image, kernel, flip) {
  const laid = flip ? flipBoth(kernel) : kernel;
  const rows = image.length - kernel.length + 1;
  const columns = image[0].length - kernel[0].length + 1;
  const at = (r, c) => laid.reduce((sum, weights, m) =>
    weights.reduce((s, weight, n) => s + weight * image[r + m][c + n], sum), 0);
  return Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c) => at(r, c)));
}

// Where the product x[i] w[j] is added, counted from the start of the full output of n + m - 1 samples.
function landsAt(i, j, m, flip) {
  return flip ? i + j : i + (m - 1 - j);
}

// x (n,), w (m,) -> (n + m - 1,)
function convolveFull(x, w, flip) {
  const y = new Array(x.length + w.length - 1).fill(0);
  x.forEach((a, i) => w.forEach((b, j) => { y[landsAt(i, j, w.length, flip)] += a * b; }));
  return y;
}

// First kept sample and number kept, counted in the full output, as SciPy does.
function keptRange(n, m, mode) {
  if (mode === "same") return [Math.floor((m - 1) / 2), n];
  if (mode === "valid") return [Math.min(n, m) - 1, Math.abs(n - m) + 1];
  return [0, n + m - 1];
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

// Halves go away from zero, so that 0.125 and -0.125 print alike.
function rounded(value, digits = 2) {
  const scale = 10 ** digits;
  return (Math.sign(value) * Math.round(Math.abs(value) * scale)) / scale + 0;  // + 0: no negative zero
}

// A true minus sign: the hyphen is hard to see in a small cell.
function tidy(value, digits = 2) {
  return String(rounded(value, digits)).replace("-", "\u2212");
}

function factor(value) {
  return value < 0 ? `(${tidy(value)})` : tidy(value);
}

// "=" where the printed numbers are the exact ones, "≈" where one of them was rounded.
function equalsSign(values) {
  return values.every((value) => Math.abs(value - rounded(value)) < 1e-9) ? "=" : "≈";
}

// A limit for an axis that moves in steps, so that a picture does not rescale while a value is dragged.
function niceLimit(value) {
  const steps = [1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 40, 60, 80, 100];
  return steps.find((step) => step >= value - 1e-9) ?? Math.ceil(value / 100) * 100;
}

// Typing into a cell. `entry` is the text typed so far (null: nothing yet), `value` what the cell holds.
// Returns [entry, value], or null when the key means nothing here.
// "+" and "-" step by one; a single "-" followed by a digit writes a negative number.
function typeInto(entry, value, key) {
  const number = (text) => { const v = Number(text); return Number.isFinite(v) ? clamp(v, -999, 999) : 0; };
  if (/^[0-9]$/.test(key) || key === "." || key === ",") {
    const text = ((entry ?? "") + (key === "," ? "." : key)).slice(0, 7);
    return (text.match(/\./g) ?? []).length > 1 ? [entry, value] : [text, number(text)];
  }
  if (key === "+" || key === "=") return ["", clamp(value + 1, -999, 999)];
  if (key === "-" || key === "\u2212") return [entry === null ? "-" : "", clamp(value - 1, -999, 999)];
  if (key === "Backspace") {
    const text = entry && entry !== "-" ? entry.slice(0, -1) : "";
    return [text, number(text)];
  }
  return key === "Delete" ? [null, 0] : null;
}

// ---- colours: blue, orange and green that colour-blind eyes tell apart; numbers and borders say it again

const INK = "#1a1a1a";
const MUTED = "#595959";
const RULE = "#767676";
const BLUE = "#0173b2";
const ORANGE = "#de8f05";
const GREEN = "#029e73";
const BELOW_ZERO = [33, 102, 172]; // as in the figures: blue below zero, red above
const ABOVE_ZERO = [178, 24, 43];
const FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif";

function mix(from, to, share) {
  return from.map((channel, k) => Math.round(channel + (to[k] - channel) * clamp(share, 0, 1)));
}

function grayOf(value, limit) {
  return mix([0, 0, 0], [255, 255, 255], limit > 0 ? value / limit : 0);
}

function divergingOf(value, limit) {
  return mix([255, 255, 255], value < 0 ? BELOW_ZERO : ABOVE_ZERO, limit > 0 ? Math.abs(value) / limit : 0);
}

function inkOn(rgb) {
  const linear = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179 ? "#000000" : "#ffffff";
}

// ---- drawing

// Sharp on any screen: the drawing buffer has the screen's pixels, the drawing is in CSS pixels.
function sizeCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, width, height);
  return pen;
}

function write(pen, text, x, y, { size = 14, weight = "", color = INK, align = "center" } = {}) {
  pen.font = `${weight} ${size}px ${FONT}`;
  pen.fillStyle = color;
  pen.textAlign = align;
  pen.textBaseline = "middle";
  pen.fillText(text, x, y);
}

function widthOf(pen, text, size, weight = "") {
  pen.font = `${weight} ${size}px ${FONT}`;
  return pen.measureText(text).width;
}

// A number with as many decimals as its room allows: two, one or none; nothing if not even that fits.
function writeNumber(pen, value, x, y, room, style = {}) {
  const size = style.size ?? 13;
  const texts = [2, 1, 0].map((digits) => tidy(value, digits));
  const fits = texts.find((text) => widthOf(pen, text, size, style.weight) <= room);
  if (fits !== undefined) write(pen, fits, x, y, { ...style, size });
}

function box(pen, x, y, width, height, color, thickness) {
  pen.strokeStyle = color;
  pen.lineWidth = thickness;
  pen.strokeRect(x, y, width, height);
}

// A border that is seen on black, on white and on both colours.
function frameAround(pen, x, y, width, height, color = ORANGE) {
  box(pen, x, y, width, height, "#ffffff", 7);
  box(pen, x, y, width, height, INK, 5);
  box(pen, x, y, width, height, color, 3);
}

// ---- the page

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// A labelled drop-down list. `names` never changes; an unknown current name shows as "edited".
function chooser(label, testid, names, signal, choose) {
  const select = element("select", { "data-testid": testid });
  for (const name of names) select.append(element("option", { value: name }, name));
  const edited = element("option", { value: "", disabled: "" }, "edited");
  select.append(edited);
  select.addEventListener("change", () => choose(select.value), { signal });
  const node = element("label", { class: "lx-control" }, `${label} `, select);
  return { node, show: (name) => { select.value = name ?? ""; edited.hidden = name !== null; } };
}

// Buttons of which one is pressed. `options`: [value, label] pairs; the label is seen only if `visible`.
function switcher(label, testid, options, signal, choose, visible = true) {
  const group = element("span", { role: "group", "aria-label": label, class: "lx-switch" });
  const buttons = options.map(([value, text]) => {
    const button = element("button", { type: "button", "data-testid": `${testid}-${value}` }, text);
    button.addEventListener("click", () => choose(value), { signal });
    group.append(button);
    return [value, button];
  });
  const show = (value) => buttons.forEach(([v, b]) => b.setAttribute("aria-pressed", String(v === value)));
  return { node: element("span", { class: "lx-control" }, visible ? `${label} ` : "", group), show };
}

function pushButton(label, testid, signal, act) {
  const button = element("button", { type: "button", "data-testid": testid, class: "lx-push" }, label);
  button.addEventListener("click", act, { signal });
  return button;
}

// Speaks when the hand rests, so that a drag is not read out sample by sample.
function announcer(signal, wait = 350) {
  const node = element("div", { class: "lx-hidden", "aria-live": "polite", "data-testid": "live" });
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));
  const say = (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (node.textContent !== text) node.textContent = text; }, wait);
  };
  return { node, say };
}

// The name of the preset that equals `values`, or null.
function nameOf(presets, values) {
  const wanted = JSON.stringify(values);
  return Object.keys(presets).find((name) => JSON.stringify(presets[name]) === wanted) ?? null;
}

// What keys and hand do, in one line: pairs [key, what it does].
function helpLine(pairs) {
  const line = element("p", { class: "lx-help" });
  pairs.forEach(([key, text], k) => line.append(element("kbd", {}, key), ` ${text}${k < pairs.length - 1 ? " · " : ""}`));
  return line;
}

// Call `start(event)` when the hand takes a node; it returns what each movement does.
function onDrag(node, signal, start) {
  let move = null;
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    move = start(event);
    move(event);
  }, { signal });
  node.addEventListener("pointermove", (event) => { if (move) move(event); }, { signal });
  for (const type of ["pointerup", "pointercancel"]) node.addEventListener(type, () => { move = null; }, { signal });
}

// What every page has below its controls: the canvas with the handles on it, the words, and the help. `page` holds
// its controls already; it is given canvas, words and live.
function layPage(view, page, handles, help, parts = []) {
  page.canvas = element("canvas", { "aria-hidden": "true" });
  page.words = element("div", { class: "lx-arithmetic", "data-testid": "arithmetic" }, ...parts);
  page.live = announcer(view.signal);
  const stage = element("div", { class: "lx-stage" }, page.canvas, ...handles);
  view.root.append(page.controls.node, stage, page.words, page.live.node, helpLine(help));
  return page;
}

// The notebook's own one-letter commands (x cuts the cell) must not fire while the hand is in here.
function keepKeysInside(root, signal) {
  root.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  }, { signal });
}

// Everything a view shares: state in, one redraw for one action, redraws when another view or Python acts.
function startView(model, el, keys, { className, build, draw }) {
  const ending = new AbortController();
  const signal = ending.signal;
  const root = element("div", { class: `lecture-explorer canvas-explorer ${className}`, "data-testid": className });
  const state = () => Object.fromEntries(keys.map((key) => [key, model.get(key)]));
  let busy = false;
  const redraw = () => {
    const style = getComputedStyle(root);
    const width = Math.floor(root.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
    if (!(width > 0)) return;  // not on the page yet: the observer calls again
    const started = performance.now();
    draw(state(), width);
    root.dataset.drawMs = (performance.now() - started).toFixed(2);
    root.dataset.draws = String(Number(root.dataset.draws ?? 0) + 1);
  };
  const change = (changes) => {
    busy = true;
    for (const [key, value] of Object.entries(changes)) model.set(key, value);
    busy = false;
    redraw();
    model.save_changes();
  };
  const heard = () => { if (!busy) redraw(); };
  build({ root, signal, state, change, redraw });
  keepKeysInside(root, signal);
  el.style.overflowX = "auto";
  el.append(root);
  keys.forEach((key) => model.on(`change:${key}`, heard));
  const observer = new ResizeObserver(() => redraw());
  observer.observe(root);
  redraw();
  return () => {
    ending.abort();
    observer.disconnect();
    keys.forEach((key) => model.off(`change:${key}`, heard));
    root.remove();
  };
}
