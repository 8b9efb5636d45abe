// A signal against a kernel. State: x, w, flip, mode, and the chosen sample (panel "x", "w" or "y", and index).
// The output is drawn as what it is: a stack of copies, one for each sample, with the chosen one lowest.

const SIGNAL_KEYS = ["x", "w", "flip", "mode", "panel", "index", "_signals", "_kernels"];
const SIGNAL_HELP = [
  ["Drag", "the head of a stem up and down (Shift: fine)"],
  ["Tab", "goes from x to w to y"],
  ["← →", "choose a sample"],
  ["↑ ↓", "change it by 0.5, with Shift by 0.1; or type a number"],
];
const LARGEST = 20;
const HEADROOM = 1.4;  // so that the number over the highest head stays inside its panel

// The copies that make the output: each has a label, its first place in the full output, and its values.
// Cut by the samples of x (copies of w), or by those of w (copies of x).
function copiesOf({ x, w, flip }, source) {
  const m = w.length;
  if (source === "w") {
    return w.map((b, j) => ({ start: landsAt(0, j, m, flip), values: x.map((a) => a * b) }));
  }
  const laid = flip ? w : [...w].reverse();
  return x.map((a, i) => ({ start: i, values: laid.map((b) => a * b) }));
}

// Bars {place, from, to, strong}: positive parts pile up, negative parts pile down, the strong copy first.
function stackOf(copies, strong, places) {
  const above = new Array(places).fill(0);
  const below = new Array(places).fill(0);
  const order = copies.map((_, k) => k).sort((a, b) => (b === strong) - (a === strong));
  const bars = order.flatMap((k) => copies[k].values.map((value, j) => {
    const place = copies[k].start + j;
    const pile = value < 0 ? below : above;
    const from = pile[place];
    pile[place] += value;
    return { place, from, to: pile[place], strong: k === strong };
  })).filter((bar) => bar.from !== bar.to);
  return { bars, high: Math.max(0, ...above), low: Math.min(0, ...below) };
}

// The products that add up to the output's sample `place`: pairs [i, j].
function pairsOf({ x, w, flip }, place) {
  const pairs = x.map((_, i) => [i, flip ? place - i : i + w.length - 1 - place]);
  return pairs.filter(([, j]) => j >= 0 && j < w.length);
}

// Everything that is drawn, from the state alone.
function signalPicture(state) {
  const { x, w, flip, mode, panel } = state;
  const y = convolveFull(x, w, flip);
  const index = clamp(state.index, 0, { x, w, y }[panel].length - 1);
  const source = panel === "w" ? "w" : "x";
  const copies = copiesOf(state, source);
  const chosen = panel === "y" ? -1 : index;
  const [from, kept] = keptRange(x.length, w.length, mode);
  return { ...state, index, y, source, copies, chosen, pairs: panel === "y" ? pairsOf(state, index) : [],
    stack: stackOf(copies, chosen, y.length), first: flip ? 0 : 1 - w.length, from, kept };
}

// The line of arithmetic under the picture, and the sentence that is read out.
function signalWords({ x, w, y, panel, index, copies, first, pairs, flip }) {
  if (panel === "y") {
    const sum = pairs.map(([i, j]) => `${factor(x[i])}·${factor(w[j])}`).join(" + ");
    const names = pairs.map(([i, j]) => `x[${i}]·w[${j}]`).join(" + ");
    const sign = equalsSign([y[index], ...pairs.flatMap(([i, j]) => [x[i], w[j]])]);
    const text = `y[${tidy(index + first)}] = ${names} = ${sum} ${sign} ${tidy(y[index])}`;
    return { text, live: text };
  }
  const value = { x, w }[panel][index];
  const { start, values } = copies[index];
  const range = `y[${tidy(start + first)}..${tidy(start + first + values.length - 1)}]`;
  const other = panel === "x" ? "w" : "x";
  const turned = panel === "x" && !flip ? " reversed" : "";
  const sign = equalsSign(values);
  return {
    text: `${panel}[${index}]·${other}${turned} = ${factor(value)}·${other}${turned} ${sign} `
      + `(${values.map((v) => tidy(v)).join(", ")}), added to ${range}`,
    live: `${panel}[${index}] = ${tidy(value)}: output ${range} changes`,
  };
}

// Columns of the same pitch in all panels, so that x[i] stands above the place where its copy begins.
function signalLayout({ x, w, y, flip }, width) {
  const [left, gap, top, upper, lower] = [26, 34, 30, 156, 196];
  const pitch = clamp((width - left - gap - 4) / (y.length + w.length), 14, 70);
  const shift = flip ? 0 : w.length - 1;
  const panel = (at, down, columns, height) => ({ left: at, top: down, pitch, columns, height, width: columns * pitch });
  const right = left + y.length * pitch + gap;
  const down = top + upper + 74;
  return {
    width, height: down + lower + 66, shift,
    x: panel(left + shift * pitch, top, x.length, upper),
    w: panel(right, top, w.length, upper),
    y: panel(left, down, y.length, lower),
    copy: panel(right, down, w.length, lower),
  };
}

function centre(panel, k) {
  return panel.left + (k + 0.5) * panel.pitch;
}

function heightAt(panel, value, low, high) {
  return panel.top + ((high - value) / (high - low)) * panel.height;
}

function drawZero(pen, panel, low, high) {
  const y = heightAt(panel, 0, low, high);
  pen.fillStyle = INK;
  pen.fillRect(panel.left, y - 0.5, panel.width, 1);
}

// Stems with heads; `ringed` are the samples that take part, `entry` a number being typed.
function drawStems(pen, panel, values, limit, color, ringed, entry) {
  values.forEach((value, k) => {
    const [x, y, zero] = [centre(panel, k), heightAt(panel, value, -limit, limit), heightAt(panel, 0, -limit, limit)];
    if (ringed.includes(k)) {
      pen.fillStyle = "#fdf1dc";
      pen.fillRect(x - panel.pitch / 2, panel.top, panel.pitch, panel.height);
    }
    pen.fillStyle = color;
    pen.fillRect(x - 1.5, Math.min(y, zero), 3, Math.abs(y - zero));
    pen.beginPath();
    pen.arc(x, y, 7, 0, 2 * Math.PI);
    pen.fill();
    pen.strokeStyle = INK;
    pen.lineWidth = ringed.includes(k) ? 3 : 1;
    pen.stroke();
    const above = value >= 0 ? -17 : 18;
    if (entry && entry.index === k && entry.text) write(pen, `${entry.text.replace("-", "\u2212")}|`, x, y + above, { size: 13 });
    else writeNumber(pen, value, x, y + above, panel.pitch - 2, ringed.includes(k) ? { weight: "700" } : {});
    write(pen, String(k), x, panel.top + panel.height + 14, { size: 13, color: MUTED });
  });
  drawZero(pen, panel, -limit, limit);
}

// A bar; the strong ones carry stripes as well as colour.
function drawBar(pen, x, width, y0, y1, strong) {
  const [top, height] = [Math.min(y0, y1), Math.abs(y1 - y0)];
  pen.fillStyle = strong ? "#f5c675" : "#e4e4e4";
  pen.fillRect(x, top, width, height);
  if (strong) {
    pen.save();
    pen.beginPath();
    pen.rect(x, top, width, height);
    pen.clip();
    pen.strokeStyle = "#a86a00";
    pen.lineWidth = 1.5;
    for (let d = -height; d < width; d += 7) {
      pen.beginPath();
      pen.moveTo(x + d, top + height);
      pen.lineTo(x + d + height, top);
      pen.stroke();
    }
    pen.restore();
  }
  box(pen, x, top, width, height, strong ? INK : "#8a8a8a", strong ? 1.5 : 1);
}

// What the mode leaves out lies on gray; what it keeps is bracketed.
function drawKept(pen, panel, { from, kept, mode, y }) {
  const bottom = panel.top + panel.height;
  pen.fillStyle = "#f0f0f0";
  pen.fillRect(panel.left, panel.top, from * panel.pitch, panel.height + 44);
  const end = panel.left + (from + kept) * panel.pitch;
  pen.fillRect(end, panel.top, panel.left + panel.width - end, panel.height + 44);
  pen.fillStyle = GREEN;
  const start = panel.left + from * panel.pitch + 3;
  pen.fillRect(start, bottom + 46, kept * panel.pitch - 6, 3);
  pen.fillRect(start, bottom + 40, 3, 8);
  pen.fillRect(end - 6, bottom + 40, 3, 8);
  const text = kept === y.length ? `${mode}: all ${kept} samples` : `${mode}: ${kept} of ${y.length} samples`;
  write(pen, text, (start + end - 3) / 2, bottom + 59, { size: 13 });
}

// The light beam from the chosen sample of x down to the places its copy is added to.
function drawBeam(pen, places, { panel, index, copies }) {
  if (panel !== "x") return;
  const [from, to] = [places.x, places.y];
  const { start, values } = copies[index];
  pen.fillStyle = "#fdf1dc";
  pen.beginPath();
  pen.moveTo(from.left + index * from.pitch, from.top + from.height + 22);
  pen.lineTo(from.left + (index + 1) * from.pitch, from.top + from.height + 22);
  pen.lineTo(to.left + (start + values.length) * to.pitch, to.top - 26);
  pen.lineTo(to.left + start * to.pitch, to.top - 26);
  pen.fill();
  pen.fillRect(to.left + start * to.pitch, to.top, values.length * to.pitch, to.height);
}

function drawOutput(pen, panel, { y, first, stack, panel: chosenPanel, index }, [low, high]) {
  const bottom = panel.top + panel.height;
  const inside = 0.72 * panel.pitch;
  for (const { place, from, to, strong } of stack.bars) {
    const lit = strong || (chosenPanel === "y" && place === index);
    drawBar(pen, centre(panel, place) - inside / 2, inside, heightAt(panel, from, low, high), heightAt(panel, to, low, high), lit);
  }
  drawZero(pen, panel, low, high);
  write(pen, "y", panel.left - 12, bottom + 32, { size: 13, weight: "700" });
  y.forEach((value, k) => {
    const [x, at] = [centre(panel, k), heightAt(panel, value, low, high)];
    pen.beginPath();
    [[0, -7], [7, 0], [0, 7], [-7, 0]].forEach(([dx, dy]) => pen.lineTo(x + dx, at + dy));
    pen.closePath();
    pen.fillStyle = INK;
    pen.fill();
    pen.strokeStyle = "#ffffff";
    pen.lineWidth = 1.5;
    pen.stroke();
    write(pen, tidy(k + first), x, bottom + 14, { size: 13, color: MUTED });
    writeNumber(pen, value, x, bottom + 32, panel.pitch - 5, { weight: "700" });
  });
  if (chosenPanel === "y") frameAround(pen, panel.left + index * panel.pitch + 2, panel.top, panel.pitch - 4, panel.height + 42);
}

// The chosen copy by itself, on the output's scale; or the products that meet in the chosen output.
function drawCopy(pen, panel, picture, [low, high]) {
  const { chosen, copies, panel: kind, index, first, pairs, x, w, flip } = picture;
  const values = chosen >= 0 ? copies[chosen].values : pairs.map(([i, j]) => x[i] * w[j]);
  const pitch = Math.min(panel.pitch, panel.width / values.length);
  const place = { ...panel, pitch, width: values.length * pitch, left: panel.left + (panel.width - values.length * pitch) / 2 };
  values.forEach((value, k) => {
    const [y0, y1] = [heightAt(place, 0, low, high), heightAt(place, value, low, high)];
    if (value !== 0) drawBar(pen, centre(place, k) - 0.36 * pitch, 0.72 * pitch, y0, y1, true);
    writeNumber(pen, value, centre(place, k), y1 + (value < 0 ? 12 : -11), pitch - 2, { weight: "700" });
  });
  drawZero(pen, place, low, high);
  const other = kind === "w" ? "x" : flip ? "w" : "w reversed";
  const title = kind === "y" ? `makes y[${tidy(index + first)}]` : `${kind}[${index}] · ${other}`;
  write(pen, title, panel.left + panel.width / 2, panel.top - 14, { weight: "600" });
}

function signalLimits({ x, w, stack }) {
  const largest = (values) => Math.max(...values.map(Math.abs));
  return {
    x: Math.max(3, niceLimit(largest(x))) * HEADROOM, w: Math.max(2, niceLimit(largest(w))) * HEADROOM,
    y: [-Math.max(0.5, niceLimit(-stack.low)) * 1.12, Math.max(1, niceLimit(stack.high)) * 1.12],
  };
}

function drawSignals(pen, places, limits, picture, entry) {
  const { panel, index, pairs, flip } = picture;
  const ringed = (name) => (panel === name ? [index] : panel === "y" ? pairs.map((pair) => pair[name === "x" ? 0 : 1]) : []);
  drawKept(pen, places.y, picture);
  drawBeam(pen, places, picture);
  drawStems(pen, places.x, picture.x, limits.x, BLUE, ringed("x"), panel === "x" ? entry : null);
  drawStems(pen, places.w, picture.w, limits.w, ORANGE, ringed("w"), panel === "w" ? entry : null);
  drawOutput(pen, places.y, picture, limits.y);
  drawCopy(pen, places.copy, picture, limits.y);
  const left = (text, place, x = place.left) => write(pen, text, x, place.top - 14, { weight: "600", align: "left" });
  left("signal x", places.x);
  left("kernel w", places.w);
  const short = `y = ${flip ? "x ∗ w" : "x ⋆ w"}`;
  const long = `output ${short}: each ◆ is the sum of its bars`;
  left(widthOf(pen, long, 14, "600") <= places.y.width ? long : short, places.y);
}
