// The view of a KeptFigure: native controls with labels, the picture with its alternative text, and a live sentence.
// It computes nothing. It asks for a frame only when the last one has come, so that a fast hand never fills a queue.

const SILENCE = 4000; // milliseconds without an answer before the page says that no kernel runs

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const inputs = {
  slider(control, change) {
    const input = element("input", { type: "range", step: 1 });
    const output = element("span", { class: "lecture-value", "aria-hidden": "true" }); // the slider says it itself
    let first = control.first;
    const describe = () => {
      const value = String(Number(input.value) + first).replace("-", "−");
      output.textContent = control.unit ? `${value} ${control.unit}` : value;
      input.setAttribute("aria-valuetext", output.textContent);
    };
    input.addEventListener("input", () => { describe(); change(Number(input.value)); });
    const show = (value, { minimum, maximum, first: shown }) => {
      first = shown;
      input.min = minimum;
      input.max = maximum;
      input.value = value;
      describe();
    };
    return { input, after: [output], show };
  },
  // The slider counts the stops; what it says, sends and is sent are the numbers at them.
  stops(control, change) {
    const { unit } = control;
    let { stops } = control;
    const input = element("input", { type: "range", step: 1, min: 0, max: stops.length - 1 });
    const output = element("span", { class: "lecture-value", "aria-hidden": "true" });
    const describe = () => {
      const value = String(stops[input.value]).replace("-", "−");
      output.textContent = unit ? `${value} ${unit}` : value;
      input.setAttribute("aria-valuetext", output.textContent);
    };
    input.addEventListener("input", () => { describe(); change(stops[input.value]); });
    const show = (value, control) => {
      ({ stops } = control);
      input.max = stops.length - 1;
      input.value = stops.indexOf(value);
      describe();
    };
    return { input, after: [output], show };
  },
  choice(control, change) {
    const input = element("select");
    for (const option of control.options) input.append(element("option", { value: option }, option));
    input.addEventListener("change", () => change(input.value));
    return { input, after: [], show: (value) => { input.value = value; } };
  },
  switch(control, change) {
    const input = element("input", { type: "checkbox" });
    input.addEventListener("change", () => change(input.checked));
    return { input, after: [], show: (value) => { input.checked = value; } };
  },
};

// Ask the kernel for frames: one question at a time, always the newest.
function questions(model, onSilence) {
  let wanted = null, click = null, asked = null, timer = null;
  const send = () => {
    asked = (model.get("answered") || 0) + 1;
    model.set("request", { number: asked, values: wanted || {}, ...(click ? { click } : {}) });
    wanted = click = null;
    model.save_changes();
    clearTimeout(timer);
    timer = setTimeout(() => { asked = null; onSilence(); }, SILENCE);
  };
  return {
    ask(values) { wanted = { ...wanted, ...values }; if (asked === null) send(); },
    point(place) { click = place; if (asked === null) send(); },
    answered() { clearTimeout(timer); asked = null; if (wanted !== null || click !== null) send(); },
    waiting: () => asked !== null,
    stop() { clearTimeout(timer); },
  };
}

// Play steps a slider from the page: the next step is asked for when the last frame is on the screen.
function player(control, row, change) {
  const button = element("button", { type: "button", class: "lecture-play" });
  let timer = null, playing = false;
  const paint = () => {
    button.textContent = playing ? "⏸ Pause" : "▶ Play";
    button.setAttribute("aria-label", `${playing ? "Pause" : "Play"}: ${control.label}`);
  };
  const stop = () => { playing = false; clearTimeout(timer); paint(); };
  const step = () => {
    const { input } = row;
    if (Number(input.value) >= Number(input.max)) return stop();
    input.value = Number(input.value) + 1;
    input.dispatchEvent(new Event("input"));
  };
  button.addEventListener("click", () => {
    if (playing) return stop();
    playing = true;
    paint();
    if (Number(row.input.value) < Number(row.input.max)) return step();
    row.input.value = row.input.min;
    row.input.dispatchEvent(new Event("input"));
  });
  paint();
  return { button, stop, next() { if (playing) { clearTimeout(timer); timer = setTimeout(step, control.play); } } };
}

// The row of labelled controls; `change` is called with the values that the reader has moved.
function controlPanel(controls, change) {
  const panel = element("div", { class: "lecture-controls" });
  const rows = {}, players = [];
  for (const control of controls) {
    const row = inputs[control.kind](control, (value) => change({ [control.name]: value }));
    rows[control.name] = row;
    // The label holds its control: no ids, which two explorers on one page could share.
    const label = element("label", {}, element("span", {}, control.label), row.input);
    const line = element("div", { class: "lecture-control" }, label, ...row.after);
    if (control.play) {
      const play = player(control, row);
      players.push(play);
      line.append(play.button);
      row.input.addEventListener("pointerdown", play.stop);
      row.input.addEventListener("keydown", play.stop);
    }
    panel.append(line);
  }
  // JupyterLab takes arrow keys for its own unless the very element that has the focus says no.
  for (const node of panel.querySelectorAll("input, select, button")) {
    node.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  return { panel, rows, players };
}

function render({ model, el }) {
  const root = element("div", {
    class: "lecture-explorer kept-figure", role: "group", "aria-label": model.get("label"),
  });
  const image = element("img", { alt: model.get("alt"), class: "dark-light", draggable: "false" });
  if (model.get("clickable")) image.classList.add("lecture-clickable");
  const sentence = element("p", { class: "lecture-sentence", "aria-live": "polite" });
  const note = element("p", { class: "lecture-note", role: "status" });
  const asking = questions(model, () => {
    note.textContent = "Nothing answers: run this cell, with its notebook open, to move the picture.";
  });
  const { panel, rows, players } = controlPanel(model.get("controls"), (values) => asking.ask(values));

  // A click is a shortcut for a control: where it was, as shares of the picture from its upper left corner.
  if (model.get("clickable")) {
    image.addEventListener("click", (event) => {
      const frame = image.getBoundingClientRect();
      asking.point([(event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height]);
    });
  }

  const showValues = () => {
    const values = model.get("values");
    for (const control of model.get("controls")) rows[control.name].show(values[control.name], control);
  };
  const showPicture = () => {
    const old = image.src;
    image.src = URL.createObjectURL(new Blob([model.get("picture")], { type: "image/png" }));
    if (old) URL.revokeObjectURL(old);
  };
  const showSentence = () => { sentence.textContent = model.get("sentence"); };
  const answered = () => {
    note.textContent = "";
    asking.answered();
    if (!asking.waiting()) showValues();
    players.forEach((play) => play.next());
  };
  const listeners = {
    "change:picture": showPicture,
    "change:sentence": showSentence,
    "change:values": () => { if (!asking.waiting()) showValues(); },
    "change:controls": () => { if (!asking.waiting()) showValues(); },
    "change:answered": answered,
  };
  for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);
  showValues();
  showPicture();
  showSentence();
  root.append(panel, image, sentence, note);
  el.append(root);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
    players.forEach((play) => play.stop());
    asking.stop();
    if (image.src) URL.revokeObjectURL(image.src);
  };
}

export default { render };
