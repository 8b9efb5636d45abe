// Tied weights: numbers and words. State: rule, optimizer, rate (of the next step), start, segments (rule, optimizer,
// rate, count: the steps that were made), _data (the problem, from Python). All of it follows from the state.

const TIED_KEYS = ["rule", "optimizer", "rate", "start", "segments", "_data"];
const TOO_LARGE = 1e6; // a loss at which the run stops

// ---- numbers (the same as in tied_run.py; tested against it)

const dotOf = (a, b) => a.reduce((sum, value, t) => sum + value * b[t], 0);
const meanOf = (rows) => rows[0].map((_, t) => rows.reduce((sum, row) => sum + row[t], 0) / rows.length);

function tiedProblem({ x, truth }) {
  const windows = x.slice(truth.length - 1).map((_, p) => x.slice(p, p + truth.length));
  return { windows, targets: windows.map((window) => dotOf(window, truth)) };
}

function lossOf({ windows, targets }, copies) {
  return 0.5 * windows.reduce((sum, window, p) => sum + (dotOf(window, copies[p]) - targets[p]) ** 2, 0);
}

// What is subtracted from each copy. Adam's memory: steps, and the means of the gradient and of its square.
function changeOf(gradients, optimizer, rate, memory) {
  if (optimizer === "SGD") return gradients.map((row) => row.map((g) => rate * g));
  memory.steps += 1;
  const blend = (old, now, beta) => beta * old + (1 - beta) * now;
  return gradients.map((row, p) => row.map((g, t) => {
    const at = memory.entries[p][t];
    [at[0], at[1]] = [blend(at[0], g, 0.9), blend(at[1], g ** 2, 0.999)];
    const [first, second] = [at[0] / (1 - 0.9 ** memory.steps), at[1] / (1 - 0.999 ** memory.steps)];
    return (rate * first) / (Math.sqrt(second) + 1e-8);
  }));
}

// One step of all copies by one rule.
function tiedStep({ windows, targets }, copies, [rule, optimizer, rate], memory) {
  let gradients = windows.map((window, p) => {
    const error = dotOf(window, copies[p]) - targets[p];
    return window.map((value) => error * value);
  });
  if (rule === "sum" || rule === "mean") {
    const mean = meanOf(gradients);
    gradients = gradients.map(() => mean.map((g) => (rule === "sum" ? g * gradients.length : g)));
  }
  const change = changeOf(gradients, optimizer, rate, memory);
  const moved = copies.map((copy, p) => copy.map((value, t) => value - change[p][t]));
  if (rule !== "average") return moved;
  const mean = meanOf(moved);
  return moved.map(() => [...mean]);
}

// Everything that is drawn, from the state alone: the whole run again, a millisecond or two.
function tiedPicture(state) {
  const { segments, start, _data: data } = state;
  const problem = tiedProblem(data);
  let copies = problem.windows.map((window, p) => (start === "equal" ? window.map(() => 0) : [...data.different[p]]));
  let [before, memory, last] = [copies, null, [null, null]];
  const [losses, made] = [[lossOf(problem, copies)], []];
  let diverged = false;
  for (const [rule, optimizer, rate, count] of segments) {
    if (diverged) break;
    if (rule !== last[0]) before = copies;
    if (optimizer !== last[1]) memory = { steps: 0, entries: copies.map((copy) => copy.map(() => [0, 0])) };
    last = [rule, optimizer];
    const first = losses.length - 1;
    for (let n = 0; n < count && !diverged; n += 1) {
      copies = tiedStep(problem, copies, [rule, optimizer, rate], memory);
      losses.push(lossOf(problem, copies));
      diverged = !(losses.at(-1) <= TOO_LARGE);
    }
    const alike = made.length && made.at(-1).slice(0, 3).join() === [rule, optimizer, rate].join();
    made.push([rule, optimizer, rate, alike ? made.pop()[3] : first, losses.length - 1]);
  }
  const distance = Math.hypot(...meanOf(copies).map((value, t) => value - data.truth[t]));
  const spread = Math.max(...data.truth.map((_, t) => {
    const column = copies.map((copy) => copy[t]);
    return Math.max(...column) - Math.min(...column);
  }));
  return { ...state, copies, before, losses, made, distance, spread, diverged, steps: losses.length - 1 };
}

// The segments after one more step.
function oneMore({ segments, rule, optimizer, rate }) {
  const last = segments.at(-1);
  const alike = last && last[0] === rule && last[1] === optimizer && last[2] === rate;
  return alike ? [...segments.slice(0, -1), [rule, optimizer, rate, last[3] + 1]] : [...segments, [rule, optimizer, rate, 1]];
}

// ---- words (the same as in tied_words.py; tested against it)

function raised(number) {
  return [...String(number)].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)])).join("");
}

function shortOf(value) {
  if (!Number.isFinite(value)) return "infinite";
  if (value === 0) return "0";
  if (value >= 1e-3 && value < 1e5) return value < 1 ? value.toPrecision(2) : value.toFixed(value < 100 ? 1 : 0);
  if (value < 1e-9) return "below 10⁻⁹";
  const [mantissa, exponent] = value.toExponential(0).split("e");
  return `${mantissa}·10${raised(Number(exponent))}`;
}

function lessonOf([rule, optimizer], spread) {
  if (rule === "none") return " Each copy fits its own output; nothing makes them agree.";
  if (rule === "average") {
    const same = optimizer === "SGD" ? "with SGD what “mean” does" : "with Adam not what “mean” does";
    return ` Each makes its own step, then all become their mean: ${same} to equal copies.`;
  }
  if (spread > 1e-9) return " All make the same step, so their differences stay.";
  if (optimizer === "Adam") return " All make the same step; Adam hardly tells “sum” from “mean”.";
  const step = rule === "sum" ? "the step of one shared kernel" : "1/18 of the step of one shared kernel";
  return ` All make the same step: ${step}.`;
}

const stepsOf = (count) => (count === 1 ? "1 step" : `${count} steps`);

function tiedWords({ made, steps, start, rule, optimizer, rate, distance, spread, losses, diverged, _data }) {
  const last = made.at(-1);
  const part = last && last[3] ? `, the last ${last[4] - last[3]}` : "";
  const when = last ? `After ${stepsOf(steps)}${part} by “${last[0]}” with ${last[1]} and rate ${last[2]}`
    : `Before the first step, from ${start} copies`;
  const apart = spread > 1e-9 ? `two copies differ by up to ${shortOf(spread)}` : "all copies are equal";
  const numbers = `${when}, the mean of the 18 copies lies ${shortOf(distance)} from the true kernel (1, −1, 2), `
    + `${apart}, and the loss is ${shortOf(losses.at(-1))}.`;
  if (diverged) {
    const remedy = last[1] === "SGD" ? `a rate below ${_data.limits[last[0]]} for “${last[0]}”` : "a smaller rate";
    return `${numbers} Diverged: the steps are too large. Choose ${remedy} and press Reset.`;
  }
  const changes = !last || rule !== last[0] || optimizer !== last[1] || rate !== last[2];
  const coming = changes ? ` Next: “${rule}” with ${optimizer} and rate ${rate}.` : "";
  return `${numbers}${last ? lessonOf(last, spread) : ""}${coming}`;
}
