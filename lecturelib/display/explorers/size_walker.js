// A window on a padded row. State: n, k, padding, stride, dilation, output (the one whose window is shown).
// A hand or the arrow keys move the window from place to place and draw the row longer.

const WALK_KEYS = ["n", "k", "padding", "stride", "dilation", "output"];
const WALK_HELP = [
  ["Drag", "the window, or the end of the row"],
  ["Tab", "goes to them"],
  ["← →", "by one step"],
  ["Home End", "to the ends"],
];
const WALK_RANGES = { n: [4, 24], k: [1, 5], padding: [0, 8], stride: [1, 4], dilation: [1, 3] };
const WALK_FORMULA = "outputs = ⌊(n + 2p − d·(k − 1) − 1) / s⌋ + 1";
const FEW_CELLS = 4; // cells that are named one by one
const [WARN, CALM] = ["#b34f00", "#017355"];
const TAKEN = "#f6c667"; // cells and output of the chosen window

// ---- numbers (the same as in size_walker.py; tested against it)

// Everything that is drawn, from the state alone. Place 0 is the first input; zeros lie below 0 and from n on.
function walkPicture(state) {
  const { n, k, padding, stride, dilation } = state;
  const extent = dilation * (k - 1) + 1;
  const room = n + 2 * padding - extent;
  const value = Math.floor(room / stride) + 1;
  const outputs = Math.max(value, 0);
  const taps = Array.from({ length: outputs }, (_, i) =>
    Array.from({ length: k }, (_, t) => i * stride - padding + t * dilation));
  const reads = new Array(n + 2 * padding).fill(0);
  taps.forEach((places) => places.forEach((place) => { reads[place + padding] += 1; }));
  const isInput = (place) => place >= 0 && place < n;
  const inputsRead = taps.map((places) => places.filter(isInput).length);
  const unused = reads.map((count, i) => (count ? null : i - padding)).filter((place) => place !== null);
  return { ...state, extent, room, value, outputs, taps, reads, inputsRead, unused };
}

// Zeros on each side for the paddings that have a name.
function namedPaddings(k, dilation) {
  const reach = dilation * (k - 1);
  return { valid: 0, ...(reach % 2 ? {} : { same: reach / 2 }), full: reach };
}

// The middle of a window, as a place.
function middleOf({ padding, stride, extent }, output) {
  return output * stride - padding + (extent - 1) / 2;
}

// The output whose window lies nearest to a place.
function outputNear(picture, place) {
  const step = (place - middleOf(picture, 0)) / picture.stride;
  return clamp(Math.round(step), 0, Math.max(picture.outputs - 1, 0));
}

// ---- words

function countOf(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function walkArithmetic({ n, k, padding, stride, dilation, room, value, outputs }) {
  const inside = `${n} + 2·${padding} − ${dilation}·(${k} − 1) − 1`;
  const none = outputs ? "" : " < 1: no window fits";
  return `⌊(${inside}) / ${stride}⌋ + 1 = ⌊${tidy(room)} / ${stride}⌋ + 1 = ${tidy(value)}${none}`;
}

function placesOf(places) {
  return `place${places.length > 1 ? "s" : ""} ${places.map((place) => tidy(place)).join(", ")}`;
}

function neverRead({ n, unused }) {
  if (!unused.length) return "Every cell is read.";
  const isInput = (place) => place >= 0 && place < n;
  const groups = [["input", unused.filter(isInput)], ["zero", unused.filter((place) => !isInput(place))]];
  const parts = groups.filter(([, places]) => places.length).map(([noun, places]) => (unused.length > FEW_CELLS
    ? countOf(places.length, noun) : `the ${noun}${places.length > 1 ? "s" : ""} at ${placesOf(places)}`));
  return `Never read: ${parts.join(" and ")}.`;
}

function walkWords(picture) {
  const { n, k, padding, stride, dilation, extent, outputs, output, taps, inputsRead, unused } = picture;
  const numbers = walkArithmetic(picture);
  const start = `${n} inputs, ${countOf(padding, "zero")} on each side, kernel of ${k}, stride ${stride}, `
    + `dilation ${dilation}: ${numbers}`;
  if (!outputs) {
    const why = `The kernel covers ${extent} cells, the padded row has ${n + 2 * padding}.`;
    return { headline: "no output", aside: "no window fits", numbers, detail: `No window fits. ${why}`, text: `${start}. ${why}` };
  }
  const inputs = inputsRead[output];
  const detail = `Output ${output} reads ${placesOf(taps[output])}: ${countOf(inputs, "input")}, `
    + `${countOf(k - inputs, "zero")}. ${neverRead(picture)}`;
  const one = `the ${unused[0] >= 0 && unused[0] < n ? "input" : "zero"} at ${placesOf(unused.slice(0, 1))} is never read`;
  const never = unused.length === 1 ? one : `${unused.length} cells are never read`;
  const text = `${start} ${outputs === 1 ? "output" : "outputs"}. ${detail}`;
  return { headline: countOf(outputs, "output"), aside: unused.length ? never : "every cell is read", numbers, detail, text };
}

// ---- drawing

// Where everything lies, in CSS pixels. The rows stay where they are; the row of cells begins at the left.
function walkLayout({ n, padding, extent }, width) {
  const edge = 14;
  const cell = Math.min(56, (width - 2 * edge) / Math.max(n + 2 * padding, extent));
  const rows = { headline: 22, formula: 54, numbers: 76, size: 108, caption: 140, base: 210, cells: 214, outputs: 308, reads: 356, below: 380 };
  return { edge, cell, width, height: 392, end: edge + (padding + n) * cell, tall: 38, low: 34, ...rows };
}

// The left edge of the cell at a place.
function leftOf({ edge, cell }, { padding }, place) {
  return edge + (place + padding) * cell;
}

function hatch(pen, x, y, width, height, color) {
  pen.save();
  pen.beginPath();
  pen.rect(x, y, width, height);
  pen.clip();
  pen.strokeStyle = color;
  pen.lineWidth = 1.6;
  pen.beginPath();
  for (let start = -height; start < width; start += 7) {
    pen.moveTo(x + start, y + height);
    pen.lineTo(x + start + height, y);
  }
  pen.stroke();
  pen.restore();
}

// Text on a white plate, where something is drawn behind it.
function plate(pen, text, x, y, style) {
  const wide = widthOf(pen, text, style.size, style.weight) + 8;
  pen.fillStyle = "#ffffff";
  pen.fillRect(style.align === "left" ? x - 4 : x - wide / 2, y - style.size * 0.65, wide, style.size * 1.3);
  write(pen, text, x, y, style);
}

// The dimension line of the inputs above the row, with its ends let down to the cells.
function drawSize(pen, at, picture) {
  const [from, to, y] = [leftOf(at, picture, 0), at.end, at.size];
  pen.strokeStyle = RULE;
  pen.lineWidth = 1;
  pen.setLineDash([3, 3]);
  pen.beginPath();
  [from, to].forEach((x) => { pen.moveTo(x, y); pen.lineTo(x, at.cells); });
  pen.stroke();
  pen.setLineDash([]);
  pen.strokeStyle = INK;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(from, y);
  pen.lineTo(to, y);
  pen.moveTo(from, y - 6);
  pen.lineTo(from, y + 6);
  pen.stroke();
  const text = `n = ${picture.n} inputs`;
  const fits = widthOf(pen, text, 14, "600") + 12 < to - from - 30;
  if (fits) plate(pen, text, (from + to - 10) / 2, y, { size: 14, weight: "600" });
  else write(pen, `n = ${picture.n}`, to + 18, y, { weight: "600", align: "left" });
  pen.fillStyle = INK;
  pen.beginPath();
  pen.arc(to, y, 10, 0, 2 * Math.PI);
  pen.fill();
  write(pen, "↔", to, y, { size: 14, color: "#ffffff" });
}

// Bars and numbers: in how many windows each cell takes part.
function drawReads(pen, at, picture) {
  plate(pen, "in how many windows each cell takes part", at.edge, at.caption, { size: 13, color: MUTED, align: "left" });
  picture.reads.forEach((count, index) => {
    const place = index - picture.padding;
    const x = leftOf(at, picture, place);
    const inside = place >= 0 && place < picture.n;
    pen.fillStyle = inside ? BLUE : "#949494";
    pen.fillRect(x + at.cell * 0.2, at.base - 8 * count, at.cell * 0.6, 8 * count);
    const style = count ? { weight: "600" } : { weight: "700", color: WARN };
    write(pen, String(count), x + at.cell / 2, at.base - 8 * count - 9, { size: 13, ...style });
  });
}

function drawCells(pen, at, picture) {
  const { n, padding, reads, outputs, taps, output } = picture;
  const chosen = outputs ? taps[output] : [];
  reads.forEach((count, index) => {
    const place = index - padding;
    const [x, y, inside, never] = [leftOf(at, picture, place), at.cells, place >= 0 && place < n, outputs > 0 && count === 0];
    pen.fillStyle = chosen.includes(place) ? TAKEN : inside && !never ? "#d5e8f3" : "#ffffff";
    pen.fillRect(x + 1, y, at.cell - 2, at.tall);
    if (never) hatch(pen, x + 1, y, at.cell - 2, at.tall, WARN);
    pen.setLineDash(inside ? [] : [3, 3]);
    box(pen, x + 1, y, at.cell - 2, at.tall, inside ? INK : RULE, 1);
    pen.setLineDash([]);
  });
}

// From one place that is written into its cell to the next: in narrow cells "−8" and "−7" would touch.
function placeStep(cell) {
  return cell >= 27 ? 1 : cell >= 18 ? 2 : 5;
}

// The places of the cells, over everything: in narrow cells only some, which are wider than the cells.
function drawPlaces(pen, at, { n, padding, reads, outputs }) {
  const step = placeStep(at.cell);
  reads.forEach((count, index) => {
    const place = index - padding;
    if (place % step) return;
    const look = { size: at.cell >= 27 ? 14 : 12, color: place >= 0 && place < n ? INK : MUTED };
    const text = outputs > 0 && count === 0 && step < 5 ? plate : write;
    text(pen, tidy(place), leftOf(at, { padding }, place) + at.cell / 2, at.cells + at.tall / 2, look);
  });
}

// A line from each cell of a window to its output; the chosen ones last.
function drawFans(pen, at, picture) {
  const fan = (places, output, color, thickness) => {
    const x = leftOf(at, picture, middleOf(picture, output)) + at.cell / 2;
    pen.strokeStyle = color;
    pen.lineWidth = thickness;
    pen.beginPath();
    places.forEach((place) => {
      pen.moveTo(leftOf(at, picture, place) + at.cell / 2, at.cells + at.tall + 4);
      pen.lineTo(x, at.outputs);
    });
    pen.stroke();
  };
  picture.taps.forEach((places, output) => fan(places, output, "#d0d0d0", 1));
  if (picture.outputs) fan(picture.taps[picture.output], picture.output, ORANGE, 2.4);
}

function drawOutputs(pen, at, picture) {
  const every = at.cell * picture.stride >= 18 || picture.outputs <= 10;
  picture.taps.forEach((_, output) => {
    const mine = output === picture.output;
    const x = leftOf(at, picture, middleOf(picture, output));
    pen.fillStyle = mine ? TAKEN : "#cfebe2";
    pen.fillRect(x + 1, at.outputs, at.cell - 2, at.low);
    box(pen, x + 1, at.outputs, at.cell - 2, at.low, INK, mine ? 3 : 1);
  });
  picture.taps.forEach((_, output) => {
    const weight = output === picture.output ? "700" : "";
    const x = leftOf(at, picture, middleOf(picture, output)) + at.cell / 2;
    const size = at.cell >= 27 ? 14 : 12;
    if (every || output % 5 === 0) write(pen, String(output), x, at.outputs + at.low / 2, { size, weight });
    write(pen, String(picture.inputsRead[output]), x, at.reads, { size: 13, weight });
  });
  if (picture.outputs) write(pen, "below each output: how many of its cells are inputs", at.edge, at.below, { size: 13, color: MUTED, align: "left" });
}

function drawWalk(pen, at, picture, words) {
  write(pen, words.headline, at.edge, at.headline, { size: 30, weight: "700", align: "left" });
  write(pen, words.aside, at.width - at.edge, at.headline, { size: at.width < 640 ? 14 : 17, weight: "700", color: picture.outputs && !picture.unused.length ? CALM : WARN, align: "right" });
  write(pen, WALK_FORMULA, at.edge, at.formula, { color: MUTED, align: "left" });
  const line = `outputs = ${words.numbers}`;
  const looks = [[at.width < 640 ? 13 : 14, "600"], [13, ""], [12, ""], [11, ""]];
  const [size, weight] = looks.find((look) => widthOf(pen, line, ...look) <= at.width - 2 * at.edge) ?? looks[3];
  write(pen, line, at.edge, at.numbers, { size, weight, align: "left" });
  drawSize(pen, at, picture);
  drawReads(pen, at, picture);
  drawCells(pen, at, picture);
  drawFans(pen, at, picture);
  drawOutputs(pen, at, picture);
  frameAround(pen, at.edge + picture.output * picture.stride * at.cell, at.cells - 1, picture.extent * at.cell, at.tall + 2, picture.outputs ? ORANGE : WARN);
  drawPlaces(pen, at, picture);
}

// ---- the page

// A part that slides along the row, for hand and keyboard. `steps` says what a key asks for, or nothing.
function slidingPart(signal, testid, label, steps) {
  const node = element("div", { role: "slider", tabindex: "0", class: "lx-panel lx-handle", "data-testid": testid, "aria-label": label });
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -99, End: 99 }[event.key];
    if (by) steps(by);
    else if (event.key !== " ") return;
    event.preventDefault();
  }, { signal });
  return node;
}

// The window; the panel under it takes the hand anywhere on the cells and outputs.
function windowPart(view, page) {
  const { signal } = view;
  const goTo = (output) => { if (output !== view.state().output) view.change({ output }); };
  const node = slidingPart(signal, "window", "Window", (by) => {
    const { output } = view.state();
    goTo(clamp(output + by, 0, Math.max(page.picture.outputs - 1, 0)));
  });
  const panel = element("div", { class: "lx-panel", "data-testid": "row" });
  onDrag(panel, signal, (event) => {
    node.focus({ preventScroll: true });
    const place = (at) => (at.clientX - panel.getBoundingClientRect().left) / page.at.cell - 0.5 - page.picture.padding;
    const off = place(event) - middleOf(page.picture, page.picture.output);
    const held = Math.abs(off) <= page.picture.extent / 2 ? off : 0; // taken inside: it does not jump
    return (now) => goTo(outputNear(page.picture, place(now) - held));
  });
  return { node, panel };
}

// Another row or kernel: the window stays as near as it can to where it was.
function rebuildWalk(view, changes) {
  const state = view.state();
  const next = walkPicture({ ...state, ...changes });
  view.change({ ...changes, output: outputNear(next, middleOf(walkPicture(state), state.output)) });
}

function sizePart(view, page) {
  const [least, most] = WALK_RANGES.n;
  const goTo = (wanted) => {
    const n = clamp(wanted, least, most);
    if (n !== view.state().n) rebuildWalk(view, { n });
  };
  const node = slidingPart(view.signal, "size", "Number of inputs n", (by) => goTo(view.state().n + by));
  onDrag(node, view.signal, (event) => {
    node.focus({ preventScroll: true });
    const [x, from, cell] = [event.clientX, view.state().n, page.at.cell];
    return (now) => goTo(from + Math.round((now.clientX - x) / cell));
  });
  return node;
}

// The zeros on each side; those that have a name for this kernel show it.
function paddingChooser(view) {
  const select = element("select", { "data-testid": "padding", style: "min-width: 11.5em" });
  const [least, most] = WALK_RANGES.padding;
  for (let p = least; p <= most; p += 1) select.append(element("option", { value: String(p) }));
  select.addEventListener("change", () => rebuildWalk(view, { padding: Number(select.value) }), { signal: view.signal });
  const show = ({ k, dilation, padding }) => {
    const named = Object.entries(namedPaddings(k, dilation));
    [...select.options].forEach((option, p) => {
      const names = named.filter(([, zeros]) => zeros === p).map(([name]) => name);
      option.textContent = names.length ? `${p} (${names.join(", ")})` : String(p);
    });
    select.value = String(padding);
  };
  return { node: element("label", { class: "lx-control" }, "Padding p ", select), show };
}

function walkControls(view) {
  const given = view.state();
  const number = (label, key) => {
    const [least, most] = WALK_RANGES[key];
    const options = Array.from({ length: most - least + 1 }, (_, i) => [least + i, String(least + i)]);
    const control = switcher(label, key, options, view.signal, (value) => rebuildWalk(view, { [key]: value }));
    return { node: control.node, show: (state) => control.show(state[key]) };
  };
  const controls = [number("Kernel k", "k"), paddingChooser(view), number("Stride s", "stride"), number("Dilation d", "dilation")];
  const reset = pushButton("Reset", "reset", view.signal, () => view.change(given));
  const node = element("div", { class: "lx-controls" }, ...controls.map((control) => control.node), reset);
  return { node, show: (state) => controls.forEach((control) => control.show(state)) };
}

function buildWalk(view) {
  const page = { picture: walkPicture(view.state()), at: null };
  page.window = windowPart(view, page);
  page.size = sizePart(view, page);
  page.controls = walkControls(view);
  page.window.panel.append(page.window.node);
  return layPage(view, page, [page.window.panel, page.size], WALK_HELP);
}

function layPart(node, left, top, width, height, [least, most, now, text]) {
  Object.assign(node.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  const said = { valuemin: least, valuemax: most, valuenow: now, valuetext: text };
  for (const [name, value] of Object.entries(said)) node.setAttribute(`aria-${name}`, String(value));
}

function paintWalk(page, width, state) {
  const picture = walkPicture(state);
  const words = walkWords(picture);
  const at = walkLayout(picture, width);
  Object.assign(page, { picture, at });
  const { panel, node } = page.window;
  Object.assign(panel.style, { left: `${at.edge}px`, top: `${at.cells}px`, width: `${width - 2 * at.edge}px`, height: `${at.reads + 10 - at.cells}px` });
  const first = state.output * state.stride * at.cell;
  layPart(node, first - 4, -6, picture.extent * at.cell + 8, at.tall + 12, [0, Math.max(picture.outputs - 1, 0), state.output, words.detail]);
  layPart(page.size, at.end - 13, at.size - 14, 26, 28, [...WALK_RANGES.n, state.n, `${state.n} inputs, ${words.headline}`]);
  drawWalk(sizeCanvas(page.canvas, width, at.height), at, picture, words);
  page.words.textContent = words.detail;
  page.controls.show(state);
  page.live.say(words.text);
}

export default {
  render({ model, el }) {
    let page = null;
    return startView(model, el, WALK_KEYS, {
      className: "size-walker",
      build: (view) => { page = buildWalk(view); },
      draw: (state, width) => paintWalk(page, width, state),
    });
  },
};
