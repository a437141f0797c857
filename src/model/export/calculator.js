"use strict";

// A feature standardised by the training rows; one that was constant there only loses its mean.
function scaled(value, mean, sd) {
  return sd > 0 ? (value - mean) / sd : value - mean;
}

// Rad-score, linear predictor and risk of a case, and what each predictor adds; null where a value is missing.
function calculate(model, values) {
  let score = model.score_intercept;
  const shares = [];
  for (const feature of model.features) {
    const value = values[feature.name];
    if (!Number.isFinite(value)) return null;
    const share = feature.coefficient * scaled(value, feature.mean, feature.sd);
    shares.push([feature.name, share]);
    score += share;
  }
  let linear = model.intercept;
  const adds = {};
  for (const term of model.terms) {
    let x = score;
    if (term.kind === "radscore") {
      for (const [name, share] of shares) adds[name] = (adds[name] || 0) + term.coefficient * share;
    } else {
      x = values[term.name];
      if (!Number.isFinite(x)) return null;
      if (term.kind === "feature") x = scaled(x, term.mean, term.sd);
      adds[term.name] = (adds[term.name] || 0) + term.coefficient * x;
    }
    linear += term.coefficient * x;
  }
  return { radscore: score, linear_predictor: linear, risk: 1 / (1 + Math.exp(-linear)), adds };
}

// The values that no training row reaches.
function outside(model, values) {
  return model.ranges.filter((range) => {
    const slack = 1e-6 * Math.abs(range.upper - range.lower);
    const value = values[range.name];
    return Number.isFinite(value) && (value < range.lower - slack || value > range.upper + slack);
  });
}

function wire(section) {
  const model = JSON.parse(section.querySelector("script.model").textContent);
  const result = section.querySelector(".result");
  const warning = section.querySelector(".warning");
  const rows = [...section.querySelectorAll("tbody tr")].map((row) => ({
    field: row.querySelector("input, select"),
    adds: row.querySelector(".adds"),
  }));
  function show() {
    const values = {};
    for (const { field } of rows) {
      const text = field.value.trim();
      values[field.name] = text === "" ? NaN : Number(text);
      field.classList.toggle("wrong", !Number.isFinite(values[field.name]));
    }
    const found = calculate(model, values);
    if (found === null) {
      result.textContent = "A value is missing or no number.";
      warning.textContent = "";
      for (const { adds } of rows) adds.textContent = "";
      return;
    }
    const side = model.cutoff === null ? "" : found.risk >= model.cutoff ? ": reaches the cut-off" : ": below the cut-off";
    result.textContent = "Risk " + (100 * found.risk).toFixed(1) + " %" + side + ". Rad-score " +
      found.radscore.toPrecision(6) + ", log-odds " + found.linear_predictor.toPrecision(6) + ".";
    section.dataset.risk = String(found.risk);
    for (const { field, adds } of rows) {
      const share = found.adds[field.name] || 0;
      adds.textContent = (share < 0 ? "\u2212" : "+") + Math.abs(share).toFixed(3);
      adds.style.setProperty("--share", Math.min(1, Math.abs(share) / 4));
      adds.classList.toggle("less", share < 0);
    }
    const beyond = outside(model, values);
    for (const { field } of rows) field.classList.toggle("beyond", beyond.some((range) => range.name === field.name));
    warning.textContent = beyond.length === 0 ? "" :
      "Outside the training rows, where nothing shows that the model holds: " + beyond.map((range) => range.name).join(", ") + ".";
  }
  section.addEventListener("input", show);
  show();
}

if (typeof document !== "undefined") document.querySelectorAll("section.calculator").forEach(wire);
