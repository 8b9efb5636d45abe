// The page of the signal explorer, put behind drag_signals.js: one focusable slider for each sample of x and w, one option
// for each of y.

function sampleRow(name, label, signal, act) {
  const editable = name !== "y";
  const node = element("div", { role: editable ? "group" : "listbox", class: "lx-panel", "aria-label": label,
    "data-testid": `${name}-panel` });
  if (!editable) node.setAttribute("aria-orientation", "horizontal");
  const row = { node, samples: [], place: null };
  const listen = (type, run) => node.addEventListener(type, run, { signal });
  const under = (event) => {
    const edge = node.getBoundingClientRect();
    return [clamp(Math.floor((event.clientX - edge.left) / row.place.pitch), 0, row.place.columns - 1), event.clientY - edge.top];
  };
  listen("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    act.grab(...under(event), event);
  });
  listen("pointermove", (event) => { if (node.hasPointerCapture(event.pointerId)) act.drag(...under(event), event); });
  listen("pointerup", () => act.drop());
  listen("pointercancel", () => act.drop());
  listen("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && act.key(event)) event.preventDefault();
  });
  listen("focusin", (event) => act.enter(row.samples.indexOf(event.target)));
  return row;
}

function fillRow(row, name, place) {
  row.place = place;
  const style = { left: place.left, top: place.top, width: place.width, height: place.height + (name === "y" ? 44 : 22) };
  for (const [key, value] of Object.entries(style)) row.node.style[key] = `${value}px`;
  if (row.samples.length !== place.columns) {
    const role = name === "y" ? { role: "option" } : { role: "slider", "aria-orientation": "vertical",
      "aria-valuemin": String(-LARGEST), "aria-valuemax": String(LARGEST) };
    row.samples = Array.from({ length: place.columns }, (_, k) => element("div", { ...role, class: "lx-cell", "data-testid": `${name}-${k}` }));
    row.node.replaceChildren(...row.samples);
  }
  row.samples.forEach((sample, k) => Object.assign(sample.style, {
    left: `${k * place.pitch}px`, top: "0", width: `${place.pitch}px`, height: "100%" }));
}

function labelRow(row, name, values, first, chosen) {
  row.samples.forEach((sample, k) => {
    const label = `${name}[${tidy(k + first)}]`;
    const words = name === "y" ? { "aria-label": `${label} = ${tidy(values[k])}`, "aria-selected": String(k === chosen) }
      : { "aria-label": label, "aria-valuenow": String(rounded(values[k])), "aria-valuetext": `${label} = ${tidy(values[k])}` };
    for (const [key, value] of Object.entries({ ...words, tabindex: k === Math.max(chosen, 0) ? "0" : "-1" })) {
      if (sample.getAttribute(key) !== value) sample.setAttribute(key, value);
    }
  });
}

function signalActions(view, page) {
  const now = () => signalPicture(view.state());
  const choose = (name, index) => {
    page.entry = null;
    page.last[name] = index;
    view.change({ panel: name, index });
    page.rows[name].samples[index].focus({ preventScroll: true });
  };
  const set = (name, index, value) => {
    const values = view.state()[name].map((old, k) => (k === index ? clamp(rounded(value), -LARGEST, LARGEST) : old));
    view.change({ [name]: values });
  };
  const valueAt = (name, height, fine) => {
    const limit = page.limits[name];
    const value = clamp(limit * (1 - (2 * height) / page.rows[name].place.height), -limit / HEADROOM, limit / HEADROOM);
    return fine ? Math.round(value * 10) / 10 : Math.round(value * 2) / 2;
  };
  const grab = (name) => (index, height) => {
    choose(name, index);
    page.hand = { index, height, moving: false };
    page.dragging = true;
  };
  const drag = (name) => (index, height, event) => {
    if (!page.hand) return;
    if (name === "y") { if (index !== view.state().index) choose(name, index); return; }
    page.hand.moving ||= Math.abs(height - page.hand.height) > 3;
    const value = valueAt(name, height, event.shiftKey);
    if (page.hand.moving && value !== view.state()[name][page.hand.index]) set(name, page.hand.index, value);
  };
  const drop = () => { page.hand = null; page.dragging = false; view.redraw(); };
  const key = (name) => (event) => {
    const { index, ...picture } = now();
    const last = picture[name].length - 1;
    const goal = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last }[event.key];
    if (goal !== undefined) { choose(name, clamp(goal, 0, last)); return true; }
    if (name === "y") return ["ArrowUp", "ArrowDown", " "].includes(event.key);
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (up) { page.entry = null; set(name, index, picture[name][index] + up * (event.shiftKey ? 0.1 : 0.5)); return true; }
    const typed = typeInto(page.entry?.text ?? null, picture[name][index], event.key);
    if (typed) { page.entry = { index, text: typed[0] ?? "" }; set(name, index, typed[1]); }
    return typed !== null || event.key === " ";
  };
  const enter = (name) => (index) => {
    const { panel, index: chosen } = view.state();
    if (index >= 0 && (panel !== name || index !== chosen)) choose(name, index);
  };
  return (name) => ({ grab: grab(name), drag: drag(name), drop, key: key(name), enter: enter(name) });
}

function signalControls(view, page, given) {
  const { signal } = view;
  const first = view.state();
  const act = (changes) => { page.entry = null; view.change({ panel: "x", index: 0, ...changes }); };
  const largest = (values) => values.map(Math.abs).indexOf(Math.max(...values.map(Math.abs)));
  const pick = (key, presets) => (name) => {
    const x = key === "x" ? view.state()[presets][name] : view.state().x;
    act({ [key]: view.state()[presets][name], index: largest(x) });
  };
  const x = chooser("Signal x", "x-preset", Object.keys(first._signals), signal, pick("x", "_signals"));
  const w = chooser("Kernel w", "w-preset", Object.keys(first._kernels), signal, pick("w", "_kernels"));
  const flip = switcher("Operation", "operation", [["convolution", "convolution ∗"], ["correlation", "cross-correlation ⋆"]],
    signal, (value) => view.change({ flip: value === "convolution" }), false);
  const mode = switcher("Keep", "mode", ["full", "same", "valid"].map((value) => [value, value]),
    signal, (value) => view.change({ mode: value }));
  const reset = pushButton("Reset", "reset", signal, () => act(given));
  const show = (state) => {
    x.show(nameOf(state._signals, state.x));
    w.show(nameOf(state._kernels, state.w));
    flip.show(state.flip ? "convolution" : "correlation");
    mode.show(state.mode);
  };
  return { node: element("div", { class: "lx-controls" }, x.node, w.node, flip.node, mode.node, reset), show };
}

function buildSignals(view) {
  const { _signals, _kernels, ...given } = view.state();
  const page = { rows: {}, last: { x: given.index, w: 0, y: 0 }, entry: null, hand: null, dragging: false, limits: null };
  const actions = signalActions(view, page);
  const labels = { x: "signal x, editable", w: "kernel w, editable", y: "output y" };
  for (const name of Object.keys(labels)) page.rows[name] = sampleRow(name, labels[name], view.signal, actions(name));
  page.controls = signalControls(view, page, given);
  return layPage(view, page, Object.values(page.rows).map((row) => row.node), SIGNAL_HELP);
}

function paintSignals(page, width, state) {
  const picture = signalPicture(state);
  const places = signalLayout(picture, width);
  const limits = signalLimits(picture);
  // While the hand drags, an axis may grow but not shrink: the picture must not move under the pointer.
  if (page.dragging && page.limits) {
    limits.x = page.limits.x;
    limits.w = page.limits.w;
    limits.y = [Math.min(limits.y[0], page.limits.y[0]), Math.max(limits.y[1], page.limits.y[1])];
  }
  page.limits = limits;
  page.last[picture.panel] = picture.index;
  for (const name of ["x", "w", "y"]) {
    fillRow(page.rows[name], name, places[name]);
    const stop = name === picture.panel ? picture.index : clamp(page.last[name], 0, picture[name].length - 1);
    labelRow(page.rows[name], name, picture[name], name === "y" ? picture.first : 0, stop);
  }
  drawSignals(sizeCanvas(page.canvas, width, places.height), places, limits, picture, page.entry);
  const words = signalWords(picture);
  page.words.textContent = words.text;
  page.controls.show(state);
  page.live.say(words.live);
}

export default {
  render({ model, el }) {
    let page = null;
    return startView(model, el, SIGNAL_KEYS, {
      className: "drag-signals",
      build: (view) => { page = buildSignals(view); },
      draw: (state, width) => paintSignals(page, width, state),
    });
  },
};
