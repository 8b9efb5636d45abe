// The square of shifts. State: image, kernel, v (rows down, columns right), boundary, stride.
// The image is dragged in the panel of g(x); everything else is computed again from the state.

const SQUARE_KEYS = ["image", "kernel", "v", "boundary", "stride", "_images", "_kernels"];
const SQUARE_HELP = [
  ["Drag", "g(x) by whole pixels"],
  ["Tab", "goes to it"],
  ["arrows", "shift it by one"],
  ["Home", "puts it back"],
  ["┄", "the border of x, moved"],
];
const REACH = 11;

// ---- numbers (the same as lecturelib.translate and lecturelib.cross_correlate; tested against them)

const wrapped = (i, n) => ((i % n) + n) % n;

// A pixel, also beyond the border: zeros, or the image again.
function pixel(x, r, c, circular) {
  if (circular) return x[wrapped(r, x.length)][wrapped(c, x[0].length)];
  return x[r]?.[c] ?? 0;
}

function shifted(x, [down, right], circular) {
  return x.map((line, r) => line.map((_, c) => pixel(x, r - down, c - right, circular)));
}

// x (H, W), k (KH, KW) -> every `stride`th row and column of the cross-correlation of mode "same".
function correlateSame(x, k, circular, stride) {
  const [up, left] = [Math.floor(k.length / 2), Math.floor(k[0].length / 2)];
  const at = (r, c) => k.reduce((sum, weights, m) =>
    weights.reduce((s, weight, n) => s + weight * pixel(x, r + m - up, c + n - left, circular), sum), 0);
  const kept = (n) => Array.from({ length: Math.ceil(n / stride) }, (_, i) => i * stride);
  return kept(x.length).map((r) => kept(x[0].length).map((c) => at(r, c)));
}

function largestOf(values) {
  return Math.max(...values.flat().map(Math.abs));
}

// Everything that is drawn, from the state alone.
function squarePicture(state) {
  const { image, kernel, v, boundary, stride } = state;
  const circular = boundary === "circular";
  const f = (x) => correlateSame(x, kernel, circular, stride);
  const out = v.map((step) => Math.floor(step / stride));
  const gx = shifted(image, v, circular);
  const [fx, fgx] = [f(image), f(gx)];
  const gfx = shifted(fx, out, circular);
  const gap = fgx.map((line, r) => line.map((value, c) => value - gfx[r][c]));
  const least = 1e-9 * Math.max(1, largestOf(fx), largestOf(fgx));
  const wrong = gap.map((line) => line.map((value) => Math.abs(value) > least));
  return { ...state, circular, out, gx, fx, fgx, gfx, gap, wrong, count: wrong.flat().filter(Boolean).length };
}

// ---- words

const pair = (values) => `(${values.map((value) => tidy(value)).join(", ")})`;

function squareWords({ v, out, stride, circular, gap, count }) {
  const odd = v.some((step) => step % stride);
  const total = gap.length * gap[0].length;
  const half = !odd ? `With stride 2, g′ shifts the output by half of v, ${pair(out)}. `
    : `Stride 2 and an odd number in v: no shift of the output is half of v, so g′ rounds down to ${pair(out)}. `;
  const verdict = count ? `${count} of ${total} outputs differ` : "the square closes";
  const end = count ? `${verdict}, by up to ${tidy(largestOf(gap))}.` : `The square closes: all ${total} outputs agree.`;
  const beyond = circular ? "a circular boundary" : "zeros beyond the border";
  const text = `The image is shifted by v = ${pair(v)}, with ${beyond}. ${stride === 2 ? half : ""}${end}`;
  return { verdict, text };
}

// ---- drawing

// Where the panels lie, in CSS pixels: two columns for the square, a third for the kernel and the difference.
function squareLayout({ image, kernel, fx, stride }, width) {
  const [edge, gap, top, between] = [3, 62, 28, 84];
  const [rows, columns] = [fx.length * stride, fx[0].length * stride];
  const room = (width - 2 * edge - 2 * gap) / (image[0].length + 2 * columns);
  const cell = Math.min(room > 6 ? Math.floor(room) : room, Math.floor(252 / Math.max(image.length, image[0].length)));
  const spare = Math.max(0, width - 2 * edge - 2 * gap - (image[0].length + 2 * columns) * cell) / 2;
  const panel = (left, down, size, height, wide) => ({ left, top: down, cell: size, width: wide * size, height: height * size });
  const [second, high] = [edge + spare + image[0].length * cell + gap, Math.max(image.length, rows) * cell];
  const [third, low] = [second + columns * cell + gap, top + high + between];
  const output = (left, down) => panel(left, down, cell * stride, fx.length, fx[0].length);
  const wide = columns * cell;
  const size = Math.min(34, wide / kernel[0].length, high / kernel.length);
  return {
    x: panel(edge + spare, top, cell, image.length, image[0].length), gx: panel(edge + spare, low, cell, image.length, image[0].length),
    fx: output(second, top), fgx: output(second, low), gap: output(third, low),
    kernel: panel(third + (wide - kernel[0].length * size) / 2, top, size, kernel.length, kernel[0].length),
    width, height: low + high + 6,
  };
}

function drawPixels(pen, { left, top, cell, width, height }, values, colourOf) {
  values.forEach((line, r) => line.forEach((value, c) => {
    const [x0, y0, x1, y1] = [c, r, c + 1, r + 1].map((n) => Math.round(n * cell));
    pen.fillStyle = `rgb(${colourOf(value).join(",")})`;
    pen.fillRect(Math.round(left) + x0, Math.round(top) + y0, x1 - x0, y1 - y0);
  }));
  box(pen, Math.round(left) - 0.5, Math.round(top) - 0.5, Math.round(width) + 1, Math.round(height) + 1, RULE, 1);
}

// Black on white dashes, which are seen on every colour.
function dashedBox(pen, x, y, width, height) {
  box(pen, x, y, width, height, "#ffffff", 3);
  pen.setLineDash([5, 4]);
  box(pen, x, y, width, height, INK, 1.5);
  pen.setLineDash([]);
}

// Where the border of the input has gone: with a circular boundary, a seam.
function drawOldBorder(pen, { left, top, cell, width, height }, [down, right], circular) {
  if (!down && !right) return;
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  const copies = circular ? [-1, 0, 1] : [0];
  const [y, x] = [top + down * cell, left + right * cell];
  copies.forEach((a) => copies.forEach((b) => dashedBox(pen, x + b * width, y + a * height, width, height)));
  pen.restore();
}

// An arrow along one axis, with its name at its side.
function drawArrow(pen, [x0, y0], [x1, y1], text) {
  const across = y0 === y1;
  pen.strokeStyle = INK;
  pen.fillStyle = INK;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1 - (across ? 8 : 0), y1 - (across ? 0 : 8));
  pen.stroke();
  pen.beginPath();
  (across ? [[0, 0], [-11, -6], [-11, 6]] : [[0, 0], [-6, -11], [6, -11]]).forEach(([dx, dy]) => pen.lineTo(x1 + dx, y1 + dy));
  pen.fill();
  if (across) write(pen, text, (x0 + x1) / 2, y0 - 15, { size: 15, weight: "600" });
  else write(pen, text, x0 + 12, (y0 + y1) / 2, { align: "left", weight: "600" });
}

function drawKernel(pen, place, kernel) {
  const limit = largestOf(kernel);
  drawPixels(pen, place, kernel, (value) => divergingOf(value, limit));
  kernel.forEach((line, m) => line.forEach((value, n) => writeNumber(pen, value, place.left + (n + 0.5) * place.cell,
    place.top + (m + 0.5) * place.cell, place.cell - 3, { color: inkOn(divergingOf(value, limit)) })));
}

function drawDifference(pen, place, picture, colourOf) {
  drawPixels(pen, place, picture.gap, colourOf);
  picture.wrong.forEach((line, r) => line.forEach((is, c) => {
    if (is) box(pen, place.left + c * place.cell + 1.5, place.top + r * place.cell + 1.5, place.cell - 3, place.cell - 3, INK, 1.5);
  }));
}

function drawSquare(pen, places, picture) {
  const { image, gx, fx, fgx, kernel, v, out, circular, count } = picture;
  const gray = (value) => grayOf(value, largestOf(image));
  const signed = (value) => divergingOf(value, largestOf(fx) || largestOf(fgx));
  const title = (place, text) => write(pen, text, place.left + place.width / 2, place.top - 14, { weight: "600" });
  drawPixels(pen, places.x, image, gray);
  drawPixels(pen, places.gx, gx, gray);
  drawPixels(pen, places.fx, fx, signed);
  drawPixels(pen, places.fgx, fgx, signed);
  drawKernel(pen, places.kernel, kernel);
  drawDifference(pen, places.gap, picture, signed);
  drawOldBorder(pen, places.gx, v, circular);
  drawOldBorder(pen, places.fgx, out, circular);
  const titles = { x: "x", fx: "f(x)", gx: "g(x): drag it", fgx: "f(g(x))", gap: "f(g(x)) − g′(f(x))", kernel: "kernel of f" };
  Object.entries(titles).forEach(([name, text]) => title(places[name], text));
  const middle = (a) => a.top + a.height / 2;
  for (const [from, to] of [["x", "fx"], ["gx", "fgx"]]) {
    const [a, b] = [places[from], places[to]];
    drawArrow(pen, [a.left + a.width + 8, middle(a)], [b.left - 8, middle(a)], "f");
  }
  for (const [from, to, text] of [["x", "gx", `g: by ${pair(v)}`], ["fx", "fgx", `g′: by ${pair(out)}`]]) {
    const [a, b] = [places[from], places[to]];
    const x = a.left + 0.15 * a.width;
    drawArrow(pen, [x, a.top + a.height + 6], [x, b.top - 26], text);
  }
  const { verdict } = squareWords(picture);
  const { left, top, width } = places.gap;
  const style = { weight: "700", color: count ? "#b34f00" : "#017355" };
  const size = [19, 17, 15, 14, 13].find((points) => widthOf(pen, verdict, points, "700") <= width + 20) ?? 12;
  const half = widthOf(pen, verdict, size, "700") / 2;
  write(pen, verdict, left + width - Math.max(half, width / 2), top - 42, { ...style, size }); // never beyond the right edge
}

// ---- the page

const SHIFTS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// The panel of g(x) for hand and keyboard. The image follows the hand by whole pixels, from where it was taken.
function squareHandle(view, page) {
  const { signal } = view;
  const node = element("div", { role: "application", tabindex: "0", class: "lx-panel lx-handle", "data-testid": "shift" });
  const move = (v) => {
    const next = v.map((step) => clamp(step, -REACH, REACH));
    if (pair(next) !== pair(view.state().v)) view.change({ v: next });
  };
  onDrag(node, signal, ({ clientX, clientY }) => {
    node.focus({ preventScroll: true });
    const { v } = view.state();
    return (now) => {
      const by = [now.clientY - clientY, now.clientX - clientX].map((way) => Math.round(way / page.cell));
      move(v.map((step, axis) => step + by[axis]));
    };
  });
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { v } = view.state();
    const by = SHIFTS[event.key];
    if (by) move(v.map((step, axis) => step + by[axis]));
    else if (event.key === "Home") move([0, 0]);
    else if (event.key !== " ") return;
    event.preventDefault();
  }, { signal });
  return node;
}

function squareControls(view) {
  const { signal } = view;
  const { _images, _kernels, ...given } = view.state();
  const image = chooser("Image", "image-preset", Object.keys(_images), signal, (name) => view.change({ image: _images[name] }));
  const kernel = chooser("Kernel", "kernel-preset", Object.keys(_kernels), signal, (name) => view.change({ kernel: _kernels[name] }));
  const boundary = switcher("Boundary", "boundary", [["zeros", "zeros"], ["circular", "circular"]],
    signal, (value) => view.change({ boundary: value }));
  const stride = switcher("Stride", "stride", [[1, "1"], [2, "2"]], signal, (value) => view.change({ stride: value }));
  const reset = pushButton("Reset", "reset", signal, () => view.change(given));
  const show = (state) => {
    image.show(nameOf(_images, state.image));
    kernel.show(nameOf(_kernels, state.kernel));
    boundary.show(state.boundary);
    stride.show(state.stride);
  };
  return { node: element("div", { class: "lx-controls" }, image.node, kernel.node, boundary.node, stride.node, reset), show };
}

function buildSquare(view) {
  const page = { cell: 1 };
  page.handle = squareHandle(view, page);
  page.controls = squareControls(view);
  return layPage(view, page, [page.handle], SQUARE_HELP);
}

function paintSquare(page, width, state) {
  const picture = squarePicture(state);
  const places = squareLayout(picture, width);
  const { text } = squareWords(picture);
  const { left, top, width: wide, height, cell } = places.gx;
  page.cell = cell;
  Object.assign(page.handle.style, { left: `${left}px`, top: `${top}px`, width: `${wide}px`, height: `${height}px` });
  page.handle.setAttribute("aria-label", `The image g(x), shifted by v = ${pair(state.v)}: arrow keys shift it, Home puts it back`);
  drawSquare(sizeCanvas(page.canvas, width, places.height), places, picture);
  page.words.textContent = text;
  page.controls.show(state);
  page.live.say(text);
}

export default {
  render({ model, el }) {
    let page = null;
    return startView(model, el, SQUARE_KEYS, {
      className: "shift-square",
      build: (view) => { page = buildSquare(view); },
      draw: (state, width) => paintSquare(page, width, state),
    });
  },
};
