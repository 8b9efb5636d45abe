// Bend an image by hand. State: image, grab and pull (rows down, columns right, in pixels), reach (0: all moves).
// The hand takes the picture at a place and pulls; everything else is computed again from the state.

const WARP_KEYS = ["image", "grab", "pull", "reach", "_images"];
const WARP_HELP = [
  ["Drag", "the picture anywhere"],
  ["Tab", "goes to it"],
  ["arrows", "pull by half a pixel"],
  ["Shift + arrows", "take it at another place"],
  ["Home", "lets go"],
];
const FARTHEST = 8;
const ANSWERS = ["pixels", "edges", "best of 4 × 4", "average of all"];
const SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]];

// ---- numbers (the same as lecturelib.warp, conv, relu and max_pool; tested against them)

// How far the content that arrives at (r, c) has come.
function pullAt({ grab, pull, reach }, r, c) {
  const square = (r - grab[0]) ** 2 + (c - grab[1]) ** 2;
  const fade = reach ? Math.exp(-square / (2 * reach ** 2)) : 1;
  return pull.map((way) => way * fade);
}

// Between the pixels: a weighted mean of the four nearest; zeros beyond the border.
function sample(x, r, c) {
  const [top, left] = [Math.floor(r), Math.floor(c)];
  const [down, right] = [r - top, c - left];
  const at = (i, j) => x[i]?.[j] ?? 0;
  return (1 - down) * ((1 - right) * at(top, left) + right * at(top, left + 1))
    + down * ((1 - right) * at(top + 1, left) + right * at(top + 1, left + 1));
}

function bent(state) {
  return state.image.map((line, r) => line.map((_, c) => {
    const [down, right] = pullAt(state, r, c);
    return sample(state.image, r - down, c - right);
  }));
}

// ReLU of the cross-correlation with Sobel's derivative (or its transpose) and with its negative.
function edgeMaps(x) {
  const transposed = SOBEL[0].map((_, c) => SOBEL.map((line) => line[c]));
  return [SOBEL, transposed].flatMap((kernel) => [1, -1].map((sign) => x.map((line, r) => line.map((_, c) =>
    Math.max(0, sign * kernel.reduce((sum, weights, m) =>
      weights.reduce((s, weight, n) => s + weight * (x[r + m - 1]?.[c + n - 1] ?? 0), sum), 0))))));
}

function bestOfBlocks(map, side) {
  const count = (n) => Math.floor(n / side);
  return Array.from({ length: count(map.length) }, (_, i) => Array.from({ length: count(map[0].length) }, (_, j) =>
    Math.max(...map.slice(side * i, side * (i + 1)).flatMap((line) => line.slice(side * j, side * (j + 1))))));
}

// The four answers, each as one list of numbers.
function warpAnswers(x) {
  const edges = edgeMaps(x);
  const mean = (map) => map.flat().reduce((sum, value) => sum + value, 0) / map.flat().length;
  return [x.flat(), edges.flat(2), edges.flatMap((map) => bestOfBlocks(map, 4).flat()), edges.map(mean)];
}

function relativeChange(before, after) {
  const size = Math.hypot(...before);
  return size ? Math.hypot(...after.map((value, k) => value - before[k])) / size : 0;
}

// Everything that is drawn, from the state alone.
function warpPicture(state) {
  const warped = bent(state);
  const slope = state.reach ? (Math.hypot(...state.pull) * Math.exp(-0.5)) / state.reach : 0;
  const [before, after] = [warpAnswers(state.image), warpAnswers(warped)];
  return { ...state, warped, slope, changes: before.map((answer, k) => relativeChange(answer, after[k])) };
}

// Where a point of the picture goes: x with x - tau(x) = point, by repetition.
function arrives(state, point) {
  let x = point;
  for (let k = 0; k < 20; k += 1) {
    const by = pullAt(state, ...x);
    x = point.map((place, axis) => place + by[axis]);
  }
  return x;
}

// ---- words

function warpWords({ pull, reach, slope, changes }) {
  const by = `(${pull.map((way) => tidy(way, 1)).join(", ")})`;
  const start = reach ? `Pulled by ${by}, felt ${reach} pixels around: the slope of τ is ${tidy(slope)}. `
    : `The whole picture is shifted by ${by}: τ is constant, its slope is 0. `;
  const listed = ANSWERS.map((name, k) => `${name} ${tidy(changes[k])}`).join(", ");
  const end = slope ? `; the last is ${tidy(changes[3] / slope)} of the slope.` : ".";
  return `${start}Relative change: ${listed}${end}`;
}

// ---- drawing

function warpLayout({ image }, width) {
  const [edge, top, gap] = [3, 28, 36];
  const [rows, columns] = [image.length, image[0].length];
  const cell = Math.floor(Math.min(400 / Math.max(rows, columns), (width * 0.52) / columns));
  const [wide, high] = [cell * columns, cell * rows];
  const spare = Math.max(0, (width - 2 * edge - wide - gap - 440) / 2);
  const left = edge + spare;
  const bars = left + wide + gap;
  return {
    picture: { left, top, cell, width: wide, height: high },
    bars: { left: bars, top, width: Math.min(440, width - edge - bars), height: Math.max(high, 290) },
    width, height: top + Math.max(high, 290) + 6,
  };
}

function drawBentGrid(pen, picture, { left, top, cell }) {
  const [rows, columns] = [picture.image.length, picture.image[0].length];
  const spot = ([r, c]) => [left + (c + 0.5) * cell, top + (r + 0.5) * cell];
  const line = (points) => {
    pen.beginPath();
    points.forEach((point) => pen.lineTo(...spot(arrives(picture, point))));
    pen.stroke();
  };
  pen.strokeStyle = ORANGE;
  pen.lineWidth = 1;
  for (let r = 2; r < rows; r += 4) line(Array.from({ length: columns }, (_, c) => [r, c]));
  for (let c = 2; c < columns; c += 4) line(Array.from({ length: rows }, (_, r) => [r, c]));
}

// The hand: where it took the picture, where it pulled it to, and how far around that is felt.
function drawHand(pen, { grab, pull, reach }, { left, top, cell }) {
  const spot = ([r, c]) => [left + (c + 0.5) * cell, top + (r + 0.5) * cell];
  const [from, to] = [spot(grab), spot(grab.map((place, axis) => place + pull[axis]))];
  const rings = [["#ffffff", 4], [INK, 1.5]];
  if (reach) {
    rings.forEach(([color, thickness]) => {
      pen.strokeStyle = color;
      pen.lineWidth = thickness;
      pen.setLineDash(color === INK ? [5, 4] : []);
      pen.beginPath();
      pen.arc(...from, reach * cell, 0, 2 * Math.PI);
      pen.stroke();
    });
    pen.setLineDash([]);
  }
  [["#ffffff", 7], [INK, 5], [ORANGE, 3]].forEach(([color, thickness]) => {
    pen.strokeStyle = color;
    pen.lineWidth = thickness;
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
    pen.fillStyle = color;
    pen.beginPath();
    pen.arc(...to, 3 + thickness / 2, 0, 2 * Math.PI);
    pen.fill();
  });
}

function drawBars(pen, { slope, changes, reach }, { left, top, width, height }) {
  const names = 118;
  const longest = Math.max(1.6, ...changes);
  const step = Math.min(52, (height - 124) / ANSWERS.length);
  write(pen, `slope of τ: ${tidy(slope)}`, left, top + 6, { align: "left", size: 22, weight: "700", color: "#8f5b00" });
  const note = slope > 1 ? "above 1: the picture folds" : slope ? "a bend" : reach ? "nothing is pulled" : "a shift has none";
  write(pen, note, left, top + 34, { align: "left", size: 14, color: MUTED });
  write(pen, "relative change of", left, top + 70, { align: "left", weight: "600" });
  changes.forEach((change, k) => {
    const y = top + 92 + k * step;
    const last = k === ANSWERS.length - 1;
    const long = ((width - names - 46) * change) / longest;
    write(pen, ANSWERS[k], left + names - 10, y + step * 0.3, { align: "right", weight: last ? "700" : "" });
    pen.fillStyle = last ? BLUE : "#949494";
    pen.fillRect(left + names, y, Math.max(long, 1), step * 0.6);
    write(pen, tidy(change), left + names + long + 6, y + step * 0.3, { align: "left", weight: last ? "700" : "" });
  });
  const ratio = slope ? tidy(changes[3] / slope) : "–";
  write(pen, `average of all ÷ slope: ${ratio}`, left, top + 100 + 4 * step, { align: "left", size: 16, weight: "700" });
}

function drawWarp(pen, places, picture) {
  const { left, top, cell, width, height } = places.picture;
  const limit = Math.max(...picture.image.flat().map(Math.abs));
  write(pen, "drag the picture", left + width / 2, top - 14, { weight: "600" });
  picture.warped.forEach((line, r) => line.forEach((value, c) => {
    pen.fillStyle = `rgb(${grayOf(value, limit).join(",")})`;
    pen.fillRect(left + c * cell, top + r * cell, cell, cell);
  }));
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  drawBentGrid(pen, picture, places.picture);
  drawHand(pen, picture, places.picture);
  pen.restore();
  box(pen, left - 0.5, top - 0.5, width + 1, height + 1, RULE, 1);
  drawBars(pen, picture, places.bars);
}

// ---- the page

const PULLS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// The picture for hand and keyboard. A shift goes by whole pixels, a bend by halves.
function warpHandle(view, page) {
  const node = element("div", { role: "application", tabindex: "0", class: "lx-panel lx-handle", "data-testid": "warp" });
  const tidied = (way) => { const step = view.state().reach ? 2 : 1; return clamp(Math.round(way * step) / step, -FARTHEST, FARTHEST); };
  const pullBy = (ways) => {
    const pull = ways.map(tidied);
    if (pull.join() !== view.state().pull.join()) view.change({ pull });
  };
  const placeOf = (event) => {
    const { left, top } = node.getBoundingClientRect();
    return [(event.clientY - top) / page.cell - 0.5, (event.clientX - left) / page.cell - 0.5];
  };
  const inside = (place) => place.map((way, axis) => {
    const { image } = view.state();
    return clamp(Math.round(way * 2) / 2, 0, [image.length, image[0].length][axis] - 1);
  });
  onDrag(node, view.signal, (event) => {
    node.focus({ preventScroll: true });
    const hand = placeOf(event);
    view.change({ grab: inside(hand), pull: [0, 0] });
    return (now) => pullBy(placeOf(now).map((way, axis) => way - hand[axis]));
  });
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { grab, pull, reach } = view.state();
    const by = PULLS[event.key];
    if (by && event.shiftKey) view.change({ grab: inside(grab.map((way, axis) => way + by[axis])) });
    else if (by) pullBy(pull.map((way, axis) => way + by[axis] / (reach ? 2 : 1)));
    else if (event.key === "Home") pullBy([0, 0]);
    else if (event.key !== " ") return;
    event.preventDefault();
  }, { signal: view.signal });
  return node;
}

function warpControls(view) {
  const { signal } = view;
  const { _images, ...given } = view.state();
  const image = chooser("Picture", "image-preset", Object.keys(_images), signal, (name) => view.change({ image: _images[name] }));
  const options = [[3, "3 pixels around"], [6, "6"], [12, "12"], [0, "whole picture"]];
  const reach = switcher("Moves", "reach", options, signal, (value) => {
    const pull = value ? view.state().pull : view.state().pull.map(Math.round);
    view.change({ reach: value, pull });
  });
  const reset = pushButton("Reset", "reset", signal, () => view.change(given));
  const show = (state) => { image.show(nameOf(_images, state.image)); reach.show(state.reach); };
  return { node: element("div", { class: "lx-controls" }, image.node, reach.node, reset), show };
}

function buildWarp(view) {
  const page = { cell: 1 };
  page.handle = warpHandle(view, page);
  page.controls = warpControls(view);
  return layPage(view, page, [page.handle], WARP_HELP);
}

function paintWarp(page, width, state) {
  const picture = warpPicture(state);
  const places = warpLayout(picture, width);
  const text = warpWords(picture);
  const { left, top, width: wide, height, cell } = places.picture;
  page.cell = cell;
  Object.assign(page.handle.style, { left: `${left}px`, top: `${top}px`, width: `${wide}px`, height: `${height}px` });
  page.handle.setAttribute("aria-label", "The picture: arrow keys pull it, with Shift they choose where, Home lets go");
  drawWarp(sizeCanvas(page.canvas, width, places.height), places, picture);
  page.words.textContent = text;
  page.controls.show(state);
  page.live.say(text);
}

export default {
  render({ model, el }) {
    let page = null;
    return startView(model, el, WARP_KEYS, {
      className: "warp-image",
      build: (view) => { page = buildWarp(view); },
      draw: (state, width) => paintWarp(page, width, state),
    });
  },
};
