// The two-dimensional window. State: image, kernel, row, column (the output's cell), flip, tool.
// The page: a canvas with everything drawn on it, and over it one focusable element for each cell.

const WINDOW_KEYS = ["image", "kernel", "row", "column", "flip", "tool", "_limit", "_images", "_kernels"];
const WINDOW_HELP = [
  ["Drag", "on the image to move the window, or to paint when you choose “draws”"],
  ["Click", "a pixel or a weight and type a number; scroll over a clicked weight to change it"],
  ["Tab", "goes from grid to grid"],
  ["arrows", "choose a cell"],
  ["+ −", "change it by 1"],
  ["Space", "paints a pixel or erases it"],
];

function withCell(values, row, column, value) {
  return values.map((line, r) => (r === row ? line.map((v, c) => (c === column ? value : v)) : line));
}

// The cell of the output whose window has (row, column) nearest to its middle.
function windowAround(row, column, image, kernel) {
  const fit = (at, size, extent) => clamp(at - Math.floor((extent - 1) / 2), 0, size - extent);
  return { row: fit(row, image.length, kernel.length), column: fit(column, image[0].length, kernel[0].length) };
}

const ROOM_FOR_WEIGHTS = 38;

// Everything that is drawn, from the state alone; row and column are kept inside the output.
function windowPicture(state) {
  const { image, kernel, flip } = state;
  const output = convolveValid(image, kernel, flip);
  const row = clamp(state.row, 0, output.length - 1);
  const column = clamp(state.column, 0, output[0].length - 1);
  const laid = flip ? flipBoth(kernel) : kernel;
  const terms = laid.flatMap((weights, m) => weights.map((weight, n) => [weight, image[row + m][column + n]]));
  return { ...state, row, column, output, laid, terms, value: output[row][column] };
}

function arithmeticOf({ row, column, terms, value }) {
  const sign = equalsSign([value, ...terms.flat()]);
  const sum = terms.map(([weight, pixel]) => `${factor(weight)}·${factor(pixel)}`);
  return { left: `output[${row}, ${column}] = `, terms: sum, right: `${sign} ${tidy(value)}` };
}

// Where the panels lie, in CSS pixels: same cell size in all, output level with the middle of its window.
function windowLayout({ image, kernel, output }, width) {
  const [gap, top] = [44, 30];
  const columns = image[0].length + kernel[0].length + output[0].length;
  const room = Math.min((width - 2 * gap - 6) / columns, 52);
  const cell = room > 16 ? Math.floor(room) : room;  // whole pixels draw sharper, where there are enough
  const panel = (values, left, down) => ({
    left, top: down, cell, rows: values.length, columns: values[0].length,
    width: values[0].length * cell, height: values.length * cell,
  });
  const spare = Math.max(0, width - 6 - 2 * gap - columns * cell) / 4;
  const first = panel(image, 3 + spare, top);
  const second = panel(kernel, first.left + first.width + gap + spare, top);
  const laid = { ...second, top: top + second.height + 52 };
  const third = panel(output, second.left + second.width + gap + spare, top + ((kernel.length - 1) / 2) * cell);
  const bottom = Math.max(first.top + first.height, laid.top + laid.height + 22, third.top + third.height);
  return { image: first, kernel: second, laid, output: third, width, height: bottom + 6 };
}

// `liftOf(row, column)`: pixels by which a number makes room for the weight under it.
function drawCells(pen, panel, values, colourOf, entry = null, liftOf = () => 0) {
  const { left, top, cell } = panel;
  values.forEach((line, r) => line.forEach((value, c) => {
    const [x, y] = [left + c * cell, top + r * cell];
    const rgb = colourOf(value);
    pen.fillStyle = `rgb(${rgb})`;
    pen.fillRect(x, y, cell, cell);
    box(pen, x, y, cell, cell, RULE, 1);
    const typing = entry && entry.row === r && entry.column === c && entry.text;
    const style = { size: cell >= 40 ? 15 : 13, color: inkOn(rgb) };
    const [middle, level] = [x + cell / 2, y + cell / 2 - liftOf(r, c)];
    if (typing) write(pen, `${entry.text.replace("-", "\u2212")}|`, middle, level, style);
    else writeNumber(pen, value, middle, level, cell - 2, style);
  }));
}

// A triangle on the kernel's entry [0, 0], so that the eye can follow it through the flip.
function drawMark(pen, { left, top, cell }, row, column) {
  const [x, y, size] = [left + column * cell, top + row * cell, Math.max(8, cell * 0.26)];
  pen.beginPath();
  pen.moveTo(x + 1, y + 1);
  pen.lineTo(x + 1 + size, y + 1);
  pen.lineTo(x + 1, y + 1 + size);
  pen.closePath();
  pen.fillStyle = GREEN;
  pen.fill();
  pen.strokeStyle = "#ffffff";
  pen.lineWidth = 1.5;
  pen.stroke();
}

// The weights on small labels at the feet of the pixels they multiply.
function drawWeights(pen, { left, top, cell }, { laid, row, column }) {
  if (cell < ROOM_FOR_WEIGHTS) return;
  laid.forEach((line, m) => line.forEach((weight, n) => {
    const text = `×${tidy(weight)}`;
    const wide = Math.min(widthOf(pen, text, 13) + 6, cell - 4);
    const [x, y] = [left + (column + n + 0.5) * cell, top + (row + m + 1) * cell];
    pen.fillStyle = "rgba(255, 255, 255, 0.93)";
    pen.fillRect(x - wide / 2, y - 17, wide, 15);
    write(pen, text, x, y - 9, { size: 13, color: INK });
  }));
}

function drawTitles(pen, places, { image, kernel, output, flip }) {
  const size = (values) => `${values.length} × ${values[0].length}`;
  const over = (panel, text) => write(pen, text, panel.left + panel.width / 2, panel.top - 15, { weight: "600" });
  over(places.image, `image ${size(image)}`);
  over(places.kernel, `kernel ${size(kernel)}`);
  over(places.output, `output ${size(output)}`);
  const { laid } = places;
  const middle = laid.left + laid.width / 2;
  write(pen, flip ? "flipped both ways," : "not flipped,", middle, laid.top - 33, { weight: "600" });
  write(pen, "it lies on the image", middle, laid.top - 15, { size: 13 });
  write(pen, "◤ is kernel[0, 0]", middle, laid.top + laid.height + 13, { size: 13 });
  // The operator stands before the kernel itself: it is the operator that flips.
  const level = places.kernel.top + places.kernel.height / 2;
  const between = (a, b) => (a.left + a.width + b.left) / 2;
  write(pen, flip ? "∗" : "⋆", between(places.image, laid), level, { size: 30, weight: "600" });
  write(pen, "=", between(laid, places.output), level, { size: 28, weight: "600" });
}

function drawWindow(pen, places, picture, entries) {
  const { image, kernel, laid, output, row, column, flip, _limit } = picture;
  const largest = (values) => Math.max(...values.flat().map(Math.abs));
  const signed = (limit) => (value) => divergingOf(value, limit);
  const { cell } = places.image;
  drawTitles(pen, places, picture);
  const under = (r, c) => r >= row && r < row + kernel.length && c >= column && c < column + kernel[0].length;
  const lift = (r, c) => (cell >= ROOM_FOR_WEIGHTS && under(r, c) ? 7 : 0);
  drawCells(pen, places.image, image, (value) => grayOf(value, _limit), entries.image, lift);
  drawCells(pen, places.kernel, kernel, signed(largest(kernel)), entries.kernel);
  drawCells(pen, places.laid, laid, signed(largest(kernel)));
  drawCells(pen, places.output, output, signed(largest(output)));
  drawMark(pen, places.kernel, 0, 0);
  const [m, n] = flip ? [kernel.length - 1, kernel[0].length - 1] : [0, 0];
  drawMark(pen, places.laid, m, n);
  drawWeights(pen, places.image, picture);
  drawMark(pen, places.image, row + m, column + n);
  frameAround(pen, places.image.left + column * cell, places.image.top + row * cell,
    places.kernel.width, places.kernel.height);
  frameAround(pen, places.laid.left, places.laid.top, places.laid.width, places.laid.height);
  frameAround(pen, places.output.left + column * cell, places.output.top + row * cell, cell, cell);
}

// One grid of focusable cells over a panel. `act` has press(cell, first), release(), key(event, cell), wheel(event, cell).
function cellGrid(name, label, signal, act) {
  const panel = element("div", { role: "grid", class: "lx-panel", "aria-label": label, "data-testid": `${name}-grid` });
  const grid = { node: panel, cells: [], row: 0, column: 0, place: null };
  const under = (event) => {
    const edge = panel.getBoundingClientRect();
    return [clamp(Math.floor((event.clientY - edge.top) / grid.place.cell), 0, grid.place.rows - 1),
      clamp(Math.floor((event.clientX - edge.left) / grid.place.cell), 0, grid.place.columns - 1)];
  };
  const listen = (type, run, options = {}) => panel.addEventListener(type, run, { signal, ...options });
  const pressed = (event, first) => {
    [grid.row, grid.column] = under(event);
    act.press(grid.row, grid.column, first);
    if (first) grid.focus();
  };
  listen("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    panel.setPointerCapture(event.pointerId);
    pressed(event, true);
  });
  listen("pointermove", (event) => {
    if (!panel.hasPointerCapture(event.pointerId)) return;
    const [row, column] = under(event);
    if (row !== grid.row || column !== grid.column) pressed(event, false);
  });
  listen("pointerup", () => grid.focus());
  listen("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && act.key(event)) event.preventDefault();
  });
  listen("wheel", (event) => {
    if (panel.contains(document.activeElement) && act.wheel?.(event, ...under(event))) event.preventDefault();
  }, { passive: false });
  listen("focusin", ({ target }) => { // by Tab, by pointer or by a screen reader's own cursor
    const row = grid.cells.findIndex((line) => line.includes(target));
    if (row >= 0) [grid.row, grid.column] = [row, grid.cells[row].indexOf(target)];
    act.enter?.();
  });
  grid.focus = () => grid.cells[grid.row]?.[grid.column]?.focus({ preventScroll: true });
  return grid;
}

function fillGrid(grid, name, place) {
  grid.place = place;
  Object.assign(grid.node.style, {
    left: `${place.left}px`, top: `${place.top}px`, width: `${place.width}px`, height: `${place.height}px`,
  });
  const shape = `${place.rows},${place.columns},${place.cell}`;
  if (grid.shape === shape) return;
  grid.shape = shape;
  const held = grid.node.contains(document.activeElement);
  grid.cells = Array.from({ length: place.rows }, (_, r) => Array.from({ length: place.columns }, (_, c) => {
    const cell = element("div", { role: "gridcell", class: "lx-cell", "data-testid": `${name}-${r}-${c}` });
    Object.assign(cell.style, {
      left: `${c * place.cell}px`, top: `${r * place.cell}px`, width: `${place.cell}px`, height: `${place.cell}px`,
    });
    return cell;
  }));
  grid.node.replaceChildren(...grid.cells.map((line) => element("div", { role: "row" }, ...line)));
  grid.row = Math.min(grid.row, place.rows - 1);
  grid.column = Math.min(grid.column, place.columns - 1);
  if (held) grid.focus();
}

// The words of each cell, and which one Tab reaches; only what changed is touched.
function labelGrid(grid, name, values) {
  grid.cells.forEach((line, r) => line.forEach((cell, c) => {
    const text = `${name}[${r}, ${c}] = ${tidy(values[r][c])}`;
    if (cell.getAttribute("aria-label") !== text) cell.setAttribute("aria-label", text);
    const here = String(r === grid.row && c === grid.column);
    if (cell.getAttribute("aria-selected") !== here) {
      cell.setAttribute("aria-selected", here);
      cell.tabIndex = here === "true" ? 0 : -1;
    }
  }));
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// What keys and hand do to the state; `view` is what startView gives, `entries` the text being typed in each grid.
function windowActions(view, entries, grids) {
  const now = () => windowPicture(view.state());
  let paint = 0;
  const follow = (grid) => windowAround(grid.row, grid.column, view.state().image, view.state().kernel);
  const write = (name, value, text = null) => {
    const grid = grids[name];
    entries[name] = text === null ? null : { row: grid.row, column: grid.column, text };
    view.change({ [name]: withCell(view.state()[name], grid.row, grid.column, value) });
  };
  const moved = (name) => {
    entries[name] = null;
    if (name === "output") return view.change({ row: grids.output.row, column: grids.output.column });
    if (name === "image" && view.state().tool === "move") return view.change(follow(grids.image));
    return view.redraw();
  };
  const step = (name, [down, right]) => {
    const grid = grids[name];
    grid.row = clamp(grid.row + down, 0, grid.place.rows - 1);
    grid.column = clamp(grid.column + right, 0, grid.place.columns - 1);
    moved(name);
    grid.focus();
    return true;
  };
  const other = () => (view.state().image[grids.image.row][grids.image.column] === view.state()._limit
    ? 0 : view.state()._limit);
  const key = (name) => (event) => {
    const grid = grids[name];
    if (ARROWS[event.key]) return step(name, ARROWS[event.key]);
    if (event.key === "Enter" || event.key === "Escape") { entries[name] = null; view.redraw(); return true; }
    if (name === "output") return event.key === " ";
    if (event.key === " ") { if (name === "image") write("image", other()); return true; }
    const typed = typeInto(entries[name]?.text ?? null, now()[name][grid.row][grid.column], event.key);
    if (typed) write(name, typed[1], typed[0]);
    return typed !== null;
  };
  const wheel = (name) => (event, row, column) => {
    Object.assign(grids[name], { row, column });
    write(name, clamp(now()[name][row][column] - Math.sign(event.deltaY), -999, 999));
    grids[name].focus();
    return true;
  };
  const press = (name) => (row, column, first) => {
    if (name !== "image" || view.state().tool === "move") return moved(name);
    if (first) paint = other();
    return write("image", paint);
  };
  const enter = (name) => () => Object.keys(entries).forEach((n) => { if (n !== name) entries[n] = null; });
  return (name) => ({ press: press(name), key: key(name), enter: enter(name),
    wheel: name === "kernel" ? wheel(name) : null });
}

function windowControls(view, entries, given) {
  const { signal } = view;
  const clear = () => { entries.image = null; entries.kernel = null; };
  const preset = (key, presets, fits) => (name) => {
    const values = view.state()[presets][name];
    clear();
    if (fits(values)) view.change({ [key]: values }); else view.redraw();
  };
  const inside = (image, kernel) => kernel.length <= image.length && kernel[0].length <= image[0].length;
  const first = view.state();
  const image = chooser("Image", "image-preset", Object.keys(first._images), signal,
    preset("image", "_images", (values) => inside(values, view.state().kernel)));
  const kernel = chooser("Kernel", "kernel-preset", Object.keys(first._kernels), signal,
    preset("kernel", "_kernels", (values) => inside(view.state().image, values)));
  const flip = switcher("Operation", "operation", [["convolution", "convolution ∗"], ["correlation", "cross-correlation ⋆"]],
    signal, (value) => view.change({ flip: value === "convolution" }), false);
  const tool = switcher("Drag", "tool", [["move", "moves"], ["draw", "draws"]],
    signal, (value) => view.change({ tool: value }));
  const reset = pushButton("Reset", "reset", signal, () => { clear(); view.change(given); });
  const show = (state) => {
    image.show(nameOf(state._images, state.image));
    kernel.show(nameOf(state._kernels, state.kernel));
    flip.show(state.flip ? "convolution" : "correlation");
    tool.show(state.tool);
  };
  return { node: element("div", { class: "lx-controls" }, image.node, kernel.node, flip.node, tool.node, reset), show };
}

function showArithmetic(node, { left, terms, right }, zeros) {
  const pieces = terms.map((term, k) => {
    const span = element("span", zeros[k] ? { class: "lx-zero" } : {}, term);
    return [span, element("span", {}, k < terms.length - 1 ? " + " : " ")];
  });
  node.replaceChildren(element("span", {}, left), ...pieces.flat(), element("strong", {}, right));
}

function buildWindow(view) {
  const { root, signal } = view;
  const entries = { image: null, kernel: null };
  const grids = {};
  const { row, column, flip, tool, image, kernel } = view.state();
  const actions = windowActions(view, entries, grids);
  const labels = { image: "image, editable", kernel: "kernel, editable", output: "output, moves the window" };
  for (const name of Object.keys(labels)) grids[name] = cellGrid(name, labels[name], signal, actions(name));
  keepInWindow(grids.image, { row, column, kernel });
  grids.output.node.setAttribute("aria-readonly", "true");
  const controls = windowControls(view, entries, { image, kernel, row, column, flip, tool });
  const canvas = element("canvas", { "aria-hidden": "true" });
  const stage = element("div", { class: "lx-stage" }, canvas, ...Object.values(grids).map((grid) => grid.node));
  const arithmetic = element("div", { class: "lx-arithmetic", "data-testid": "arithmetic" });
  const live = announcer(signal);
  root.append(controls.node, stage, arithmetic, live.node, helpLine(WINDOW_HELP));
  return { canvas, stage, grids, entries, controls, arithmetic, live };
}

// The chosen pixel goes along when the output's cell moves the window away from it.
function keepInWindow(grid, { row, column, kernel }) {
  const [height, width] = [kernel.length, kernel[0].length];
  const inside = grid.row >= row && grid.row < row + height && grid.column >= column && grid.column < column + width;
  if (!inside) Object.assign(grid, { row: row + Math.floor((height - 1) / 2), column: column + Math.floor((width - 1) / 2) });
}

function paintWindow(parts, width, state) {
  const picture = windowPicture(state);
  const places = windowLayout(picture, width);
  Object.assign(parts.grids.output, { row: picture.row, column: picture.column });
  if (state.tool === "move") keepInWindow(parts.grids.image, picture);
  for (const name of ["image", "kernel", "output"]) {
    fillGrid(parts.grids[name], name, places[name]);
    labelGrid(parts.grids[name], name, picture[name]);
  }
  const pen = sizeCanvas(parts.canvas, width, places.height);
  drawWindow(pen, places, picture, parts.entries);
  const said = arithmeticOf(picture);
  showArithmetic(parts.arithmetic, said, picture.terms.map(([weight, pixel]) => weight * pixel === 0));
  parts.controls.show(state);
  parts.live.say(`${said.left}${said.terms.join(" + ")} ${said.right}`);
}

export default {
  render({ model, el }) {
    let parts = null;
    return startView(model, el, WINDOW_KEYS, {
      className: "window2d",
      build: (view) => { parts = buildWindow(view); },
      draw: (state, width) => paintWindow(parts, width, state),
    });
  },
};
