// The cone of a unit. State: unit (layer, place), kind, kernel, inputs, layers.
// A hand or the arrow keys choose the unit; what it sees and what it reaches follow from the state.

const CONE_KEYS = ["unit", "kind", "kernel", "inputs", "layers"];
const CONE_HELP = [
  ["Drag", "over the units"],
  ["Tab", "goes to them"],
  ["← →", "along the layer"],
  ["↑ ↓", "between layers"],
  ["Home End", "to its ends"],
];
const CONE_ROOM = 2.5; // inputs; a unit is drawn no further to the right of the last input
const SEEN_TEXT = "#01659c"; // blue and orange dark enough for letters
const REACHED_TEXT = "#8f5b00";

// ---- numbers (the same as in receptive_cone.py; tested against it)

// For each layer: units above and below, stride, dilation, zeros before. Padding "same", the odd zero after.
function coneLayers({ kind, kernel, inputs, layers }) {
  const stride = kind === "stride 2" ? 2 : 1;
  const found = [];
  for (let row = 0, below = inputs; row < layers; row += 1) {
    const dilation = kind === "doubling dilation" ? 2 ** row : 1;
    const above = Math.ceil(below / stride);
    const before = Math.floor(Math.max((above - 1) * stride + (kernel - 1) * dilation + 1 - below, 0) / 2);
    found.push({ below, above, stride, dilation, before });
    below = above;
  }
  return found;
}

// Which units below unit i of a layer it reads.
function readBy(i, { below, stride, dilation, before }, { kind, kernel }) {
  if (kind === "dense") return Array.from({ length: below }, (_, j) => j);
  return Array.from({ length: kernel }, (_, t) => i * stride - before + t * dilation).filter((j) => j >= 0 && j < below);
}

// Where the units of each row lie, in inputs: each above the middle of its receptive field.
function coneCenters(state) {
  let [spacing, offset] = [1, 0];
  const rows = [Array.from({ length: state.inputs }, (_, i) => i)];
  for (const { above, stride, dilation, before } of coneLayers(state)) {
    offset += spacing * (((state.kernel - 1) * dilation) / 2 - before);
    spacing *= stride;
    rows.push(Array.from({ length: above }, (_, i) => offset + spacing * i));
  }
  return rows;
}

// The receptive field after each layer, by the formula.
function coneFields(state) {
  let [field, spacing] = [1, 1];
  return coneLayers(state).map(({ stride, dilation }) => {
    field += (state.kernel - 1) * dilation * spacing;
    spacing *= stride;
    return state.kind === "dense" ? state.inputs : field;
  });
}

// Everything that is drawn, from the state alone.
function conePicture(state) {
  const parts = coneLayers(state);
  const sizes = [state.inputs, ...parts.map(({ above }) => above)];
  const [layer, place] = state.unit;
  const tables = parts.map((part) => Array.from({ length: part.above }, (_, i) => readBy(i, part, state)));
  const none = () => sizes.map((size) => new Array(size).fill(false));
  const [seen, reached] = [none(), none()];
  seen[layer][place] = true;
  reached[layer][place] = true;
  for (let row = layer; row > 0; row -= 1) {
    tables[row - 1].forEach((read, i) => { if (seen[row][i]) read.forEach((j) => { seen[row - 1][j] = true; }); });
  }
  for (let row = layer; row < state.layers; row += 1) {
    reached[row + 1] = tables[row].map((read) => read.some((j) => reached[row][j]));
  }
  const dense = parts.map(({ above, below }) => above * below);
  const connections = tables.map((table) => table.reduce((sum, read) => sum + read.length, 0));
  const [fields, centers] = [coneFields(state), coneCenters(state)];
  return { ...state, sizes, tables, seen, reached, dense, connections, fields, centers };
}

function nearestIn(centers, x) {
  return centers.reduce((best, center, i) => (Math.abs(center - x) < Math.abs(centers[best] - x) ? i : best), 0);
}

const countOf = (flags) => flags.filter(Boolean).length;

// ---- words

const allEqual = (numbers) => numbers.every((n) => n === numbers[0]);

function eachLayer(numbers) {
  return allEqual(numbers) ? String(numbers[0]) : numbers.join(", ");
}

function networkWords({ kind, kernel, fields, connections, dense }) {
  const same = allEqual(connections);
  const start = `Receptive field after each layer: ${fields.join(", ")} inputs. `
    + `${same ? "Each layer has" : "The layers have"} ${eachLayer(connections)} connections and `;
  if (kind === "dense") return `${start}as many different weights.`;
  const against = `${same ? "a dense one has" : "dense ones have"} ${eachLayer(dense)} of both.`;
  return `${start}${kernel} different weights${same ? "" : " each"}; ${against}`;
}

function coneWords(picture) {
  const { unit: [layer, place], layers, sizes, seen, reached, fields } = picture;
  const sees = countOf(seen[0]);
  const name = layer ? `Unit ${place} of layer ${layer}` : `Input ${place}`;
  const down = layer ? ` sees ${sees} of ${sizes[0]} inputs` : "";
  const up = layer < layers ? ` reaches ${countOf(reached[layers])} of ${sizes[layers]} units of layer ${layers}` : "";
  const field = layer ? fields[layer - 1] : sees;
  const cut = field > sees && layer ? ` The border cuts its field of ${field} to ${sees}.` : "";
  const unit = `${name}${down}${down && up ? " and" : ""}${up}.${cut}`;
  const network = networkWords(picture);
  return { unit, network, text: `${unit} ${network}` };
}

function rowWords({ unit: [layer, place], sizes, seen, reached }, row) {
  if (row === layer) return { text: `◆ ${row ? "unit" : "input"} ${place}`, color: INK };
  const below = row < layer;
  const count = `${countOf((below ? seen : reached)[row])} of ${sizes[row]}`;
  return below ? { text: `■ sees ${count}`, color: SEEN_TEXT } : { text: `▲ reaches ${count}`, color: REACHED_TEXT };
}

// ---- drawing

// Where rows and units lie, in CSS pixels; the inputs at the bottom.
function coneLayout({ inputs, layers, centers }, width) {
  const [left, right, top, gap] = [64, width < 700 ? 146 : 170, 24, 66];
  const unit = (width - left - right) / (inputs - 1 + CONE_ROOM);
  const x = centers.map((row) => row.map((center) => left + unit * Math.min(center, inputs - 1 + CONE_ROOM)));
  const y = centers.map((_, row) => top + (layers - row) * gap);
  return { unit, left, top, gap, x, y, words: width - right + 16, room: right - 16, width, height: top * 2 + layers * gap };
}

function strokeConnections(pen, lines, { color, thickness, dash = [] }) {
  pen.strokeStyle = color;
  pen.lineWidth = thickness;
  pen.setLineDash(dash);
  pen.beginPath();
  lines.forEach(([x0, y0, x1, y1]) => { pen.moveTo(x0, y0); pen.lineTo(x1, y1); });
  pen.stroke();
  pen.setLineDash([]);
}

function drawConnections(pen, { x, y }, { tables, seen, reached, kind }) {
  const groups = { other: [], seen: [], reached: [] };
  tables.forEach((table, row) => table.forEach((read, i) => read.forEach((j) => {
    const name = seen[row + 1][i] ? "seen" : reached[row][j] ? "reached" : "other";
    groups[name].push([x[row][j], y[row], x[row + 1][i], y[row + 1]]);
  })));
  const thin = kind === "dense";
  strokeConnections(pen, groups.other, { color: "#d0d0d0", thickness: thin ? 0.3 : 1 });
  strokeConnections(pen, groups.seen, { color: BLUE, thickness: thin ? 0.4 : 2.4 });
  strokeConnections(pen, groups.reached, { color: ORANGE, thickness: thin ? 0.4 : 2.4, dash: [5, 3] });
}

// Corners of the marks around (0, 0), for a half width of 1.
const MARKS = {
  seen: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
  reached: [[0, -1.15], [1.15, 0.95], [-1.15, 0.95]],
  chosen: [[0, -1.5], [1.5, 0], [0, 1.5], [-1.5, 0]],
};

function drawMark(pen, kind, x, y, size) {
  pen.beginPath();
  if (kind === "other") pen.arc(x, y, size * 0.7, 0, 2 * Math.PI);
  else MARKS[kind].forEach(([dx, dy]) => pen.lineTo(x + dx * size, y + dy * size));
  pen.closePath();
  pen.fillStyle = { other: "#ffffff", seen: BLUE, reached: ORANGE, chosen: INK }[kind];
  pen.strokeStyle = kind === "other" ? RULE : "#ffffff";
  pen.lineWidth = kind === "chosen" ? 2 : 1;
  pen.fill();
  pen.stroke();
}

function drawCone(pen, places, picture) {
  const { unit: [layer, place], sizes, seen, reached, layers } = picture;
  const size = clamp(places.unit * 0.4, 4.2, 6.5);
  drawConnections(pen, places, picture);
  sizes.forEach((count, row) => {
    for (let i = 0; i < count; i += 1) {
      const chosen = row === layer && i === place;
      const kind = chosen ? "chosen" : seen[row][i] ? "seen" : reached[row][i] ? "reached" : "other";
      drawMark(pen, kind, places.x[row][i], places.y[row], size);
    }
    write(pen, row ? `layer ${row}` : "inputs", places.left - 14, places.y[row], { size: 13, align: "right" });
    const { text, color } = rowWords(picture, row);
    const end = row !== layer && (row === 0 || row === layers); // the two numbers that matter
    const weight = end ? "700" : row === layer ? "600" : "";
    const points = (end ? [18, 17, 16, 15, 14, 13] : [14, 13]).find((n) => widthOf(pen, text, n, weight) <= places.room) ?? 12;
    write(pen, text, places.words, places.y[row], { size: points, weight, color, align: "left" });
  });
}

// ---- the page

// Choose the unit nearest to where the hand is, or step by keys.
function coneHandle(view, page) {
  const { signal } = view;
  const node = element("div", { role: "application", tabindex: "0", class: "lx-panel", "data-testid": "unit" });
  const choose = (layer, place) => {
    const now = view.state().unit;
    if (layer !== now[0] || place !== now[1]) view.change({ unit: [layer, place] });
  };
  const under = (event) => {
    const { left, top } = node.getBoundingClientRect();
    const row = nearestIn(page.places.y, event.clientY - top);
    choose(row, nearestIn(page.places.x[row], event.clientX - left));
  };
  onDrag(node, signal, () => {
    node.focus({ preventScroll: true });
    return under;
  });
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const centers = coneCenters(view.state());
    const [layer, place] = view.state().unit;
    const last = centers[layer].length - 1;
    const along = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: last }[event.key];
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (along !== undefined) choose(layer, clamp(along, 0, last));
    else if (up) {
      const row = clamp(layer + up, 0, centers.length - 1);
      choose(row, row === layer ? place : nearestIn(centers[row], centers[layer][place]));
    } else if (event.key !== " ") return;
    event.preventDefault();
  }, { signal });
  return node;
}

// Another network: the unit goes to the middle of its row.
function coneControls(view) {
  const { signal } = view;
  const { inputs, layers, ...given } = view.state();
  const rebuild = (changes) => {
    const state = view.state();
    if (Object.entries(changes).every(([key, value]) => state[key] === value)) return;
    const [layer] = state.unit;
    const size = coneCenters({ ...state, ...changes })[layer].length;
    view.change({ ...changes, unit: [layer, Math.floor(size / 2)] });
  };
  const kinds = [["plain", "stride 1"], ["stride 2", "stride 2"], ["doubling dilation", "dilation 1, 2, 4…"], ["dense", "dense"]];
  const kind = switcher("Layers", "kind", kinds, signal, (value) => rebuild({ kind: value }), false);
  const kernel = switcher("Kernel", "kernel", [[2, "2"], [3, "3"], [5, "5"]], signal, (value) => rebuild({ kernel: value }));
  const reset = pushButton("Reset", "reset", signal, () => view.change(given));
  const show = (state) => {
    kind.show(state.kind);
    kernel.show(state.kernel);
    kernel.node.querySelectorAll("button").forEach((button) => { button.disabled = state.kind === "dense"; });
    kernel.node.style.opacity = state.kind === "dense" ? "0.45" : "1";
  };
  return { node: element("div", { class: "lx-controls" }, kind.node, kernel.node, reset), show };
}

function buildCone(view) {
  const page = { places: null };
  page.handle = coneHandle(view, page);
  page.controls = coneControls(view);
  page.unit = element("div", {});
  page.network = element("div", {});
  return layPage(view, page, [page.handle], CONE_HELP, [page.unit, " ", page.network]);
}

function paintCone(page, width, state) {
  const picture = conePicture(state);
  const words = coneWords(picture);
  page.places = coneLayout(picture, width);
  const { height } = page.places;
  Object.assign(page.handle.style, { left: "0", top: "0", width: `${width}px`, height: `${height}px` });
  page.handle.setAttribute("aria-label", `${words.unit} Arrow keys choose another unit`);
  drawCone(sizeCanvas(page.canvas, width, height), page.places, picture);
  page.words.style.minHeight = width < 700 ? "7.6em" : "4.6em"; // room for the longest, so that nothing jumps
  page.unit.textContent = words.unit;
  page.network.textContent = words.network;
  page.controls.show(state);
  page.live.say(words.text);
}

export default {
  render({ model, el }) {
    let page = null;
    return startView(model, el, CONE_KEYS, {
      className: "receptive-cone",
      build: (view) => { page = buildCone(view); },
      draw: (state, width) => paintCone(page, width, state),
    });
  },
};
