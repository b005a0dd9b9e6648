// What a questionnaire gains from script: routing on the page, buttons that rank, live sums and counts.
// Without it everything can be answered, too. The expressions are those of cityvoice/questionnaire/expressions.
"use strict";

const { compute, holds } = (() => {
  // Values: number, string, boolean, list (several codes), {m: code} (don't know and its like), null (unknown)
  const text = v => v !== null && typeof v === "object" && "m" in v ? v.m : v;
  const digits = n => { const s = String(+n.toPrecision(10)); return s; };
  const number = v => {
    if (typeof v === "boolean") return +v;
    if (typeof v === "string") v = /^\s*[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?\s*$/i.test(v) ? +v.replace(",", ".") : NaN;
    return typeof v === "number" && isFinite(v) ? v : null;
  };
  const truth = v => v === null ? null : Array.isArray(v) ? v.length > 0 : !!text(v);
  const known = v => Array.isArray(v) ? v.some(known) : !(v === null || v === "" || typeof v === "object");
  const each = values => values.flat();
  const numbers = values => values.map(number).filter(n => n !== null);
  const equal = (a, b) => {
    if (a === null || b === null) return null;
    if (Array.isArray(a) || Array.isArray(b))
      return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((v, i) => text(v) === text(b[i]));
    const plain = v => typeof v === "number" || typeof v === "boolean";
    if (plain(b) && !plain(a)) [a, b] = [b, a];
    if (!plain(a)) return text(a) === text(b);
    return plain(b) ? +a === +b : digits(+a) === text(b) || number(b) === +a;
  };
  const day = v => typeof v === "string" && /^\d{4}-\d\d-\d\d$/.test(v) ? Date.parse(v) / 864e5 : null;
  const dated = (kind, a, b) => { // a day and a number of days, or the days between two days
    const [from, to, n] = [day(a), day(b), number(b)], later = (d, by) => new Date((d + by) * 864e5).toISOString().slice(0, 10);
    if (kind === "-" && from !== null) return to !== null ? from - to : n !== null ? later(from, -n) : null;
    if (kind !== "+") return null;
    return from !== null && n !== null ? later(from, n) : to !== null && number(a) !== null ? later(to, number(a)) : null;
  };
  const orders = { "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b };
  const sums = {
    "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => b ? a / b : null,
    "%": (a, b) => b ? a % b : null,
  };
  const overKnown = f => (...v) => { const n = numbers(v); return n.length ? f(n) : null; };
  const ofNumber = f => v => number(v) === null ? null : f(number(v));
  const sum = n => n.reduce((a, b) => a + b, 0);
  const functions = {
    answered: v => !(v === null || v === "" || Array.isArray(v) && !v.length),
    known, holds: v => truth(v) === true,
    selected: (v, ...codes) => v === null ? null : each([v]).some(o => codes.some(c => equal(o, c) === true)),
    count: (...v) => each(v).filter(known).length,
    count_if: (w, ...v) => each(v).filter(o => equal(o, w) === true).length,
    count_true: (...v) => v.filter(c => truth(c) === true).length,
    sum: overKnown(sum), mean: overKnown(n => sum(n) / n.length),
    min: overKnown(n => Math.min(...n)), max: overKnown(n => Math.max(...n)),
    round: (v, d = 0) => {
      const n = number(v), p = number(d);
      if (n === null || p === null || Math.abs(p) > 15) return null;
      const unit = 10 ** Math.trunc(p);
      return Math.sign(n) * Math.floor(Math.abs(n) * unit + 0.5) / unit;
    },
    floor: ofNumber(Math.floor), ceil: ofNumber(Math.ceil), abs: ofNumber(Math.abs), number,
    if: (c, a, b) => c === null ? null : truth(c) ? a : b,
    coalesce: (...v) => v.find(known) ?? null,
  };
  const negated = v => v === null ? null : !v;
  const value = (node, name) => {
    if (!Array.isArray(node)) return node;
    const [kind, ...parts] = node, at = i => value(parts[i], name);
    if (kind === "$") return name(parts[0]);
    if (kind === "m") return { m: parts[0] };
    if (kind === "#") return parts.map(p => value(p, name));
    if (kind === "not") return negated(truth(at(0)));
    if (kind === "and" || kind === "or") {
      let result = kind === "and";
      for (const part of parts) {
        const t = truth(value(part, name));
        if (t === (kind === "or")) return t;
        if (t === null) result = null;
      }
      return result;
    }
    const values = parts.map(p => value(p, name)), [a, b] = values;
    if (kind.endsWith("()")) return functions[kind.slice(0, -2)](...values);
    if (kind === "=") return equal(a, b);
    if (kind === "!=") return negated(equal(a, b));
    if (kind === "in") {
      const found = values.slice(1).map(v => equal(a, v));
      return found.includes(true) ? true : a === null || found.includes(null) ? null : false;
    }
    if (parts.length === 1) return number(a) === null ? null : -number(a);
    const [x, y] = [number(a), number(b)];
    if (x !== null && y !== null) return (orders[kind] || sums[kind])(x, y);
    if (kind in sums) return dated(kind, a, b);
    const words = x === null && y === null && [a, b].every(v => typeof v === "string" && v);
    return words ? orders[kind](a, b) : null;
  };
  return { compute: value, holds: (node, name) => truth(value(node, name)) === true };
})();

const form = typeof document === "undefined" ? null : document.querySelector("form[data-draft]");
const all = (selector, inside = form) => [...inside.querySelectorAll(selector)];
const byId = id => document.getElementById(id);
const say = (key, values = {}) => form.dataset[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const decimal = s => /^[+-]?\d+([.,]\d+)?$/.test(s) ? +s.replace(",", ".") : null;
const changed = control => control.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: "moved" })); // by a button
const make = (tag, attributes, words = "") => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = words;
  return made;
};

const toggle = (part, on) => {
  part.hidden = !on;
  for (const control of part.matches("fieldset") ? [part] : all("input, select, textarea", part)) control.disabled = !on;
};

function routing() {
  const plan = JSON.parse(form.dataset.routing || "[]");
  const choices = new Map(); // a list's options, because browsers differ in hiding them
  const read = (field, [kind, ...missing]) => {
    const values = new FormData(form).getAll(field).map(v => typeof v === "string" ? v.trim() : v.name).filter(Boolean);
    const one = v => missing.includes(v) ? { m: v } : v;
    if (kind === "codes") return values.map(one);
    if (!values.length) return null;
    if (kind === "number" && !missing.includes(values[0])) return decimal(values[0].replace(/\s/g, ""));
    return one(values[0]);
  };
  const listed = (select, code, on) => {
    if (!choices.has(select)) choices.set(select, all("option", select).map(o => [o, o.parentNode]));
    for (const [option] of choices.get(select)) if (option.value === code) { option.hidden = option.disabled = !on; }
  };
  const rebuild = () => {
    for (const [select, options] of choices) {
      const chosen = select.value;
      for (const [option, parent] of options) { option.remove(); if (!option.hidden) parent.append(option); }
      select.value = options.some(([o]) => !o.hidden && o.value === chosen) ? chosen : "";
      for (const group of all("optgroup", select)) group.hidden = !group.children.length;
    }
  };
  const offer = (question, axis, conditions, needed, name) => {
    let some = false;
    for (const [code, condition] of Object.entries(conditions)) {
      const on = holds(condition, name);
      some ||= on && needed?.includes(code);
      for (const list of all(`[data-options="${question}"]`)) if (list.tagName === "SELECT") listed(list, code, on);
      for (const part of all(`[data-${axis}="${CSS.escape(code)}"]`, byId(question)?.closest(".question") || form)) toggle(part, on);
    }
    rebuild();
    return some || !needed; // whether anything is left to choose or to fill in
  };
  const walk = () => {
    const seen = new Map(), name = n => seen.has(n) ? seen.get(n) : null;
    for (const { q, f, w, v, o, i, e, r } of plan) {
      const part = form.querySelector(`.asked[data-question="${q}"]`);
      let on = w === undefined || holds(w, name);
      if (o) on = offer(q, "option", o, e, name) && on;
      if (i) on = offer(q, "item", i, r, name) && on;
      if (part) toggle(part, on);
      if (!on) continue;
      if (v !== undefined) { const found = compute(v, name); seen.set(q, typeof found === "boolean" ? (found ? "1" : "0") : found); }
      for (const [field, meta] of Object.entries(f)) seen.set(field, read(field, meta));
    }
  };
  if (plan.length) { form.addEventListener("input", walk); form.addEventListener("change", walk); walk(); }
}

function choosing() {
  form.addEventListener("change", ({ target }) => {
    if (target.type === "checkbox" && target.checked && target.name[0] !== "_") {
      const others = all(`input[name="${CSS.escape(target.name)}"]`).filter(o => o !== target && o.type === "checkbox");
      for (const other of others) if (other.checked && ("alone" in target.dataset || "alone" in other.dataset)) other.checked = false;
      const typed = target.closest("[data-instead]") && byId(target.name);
      if (typed) { typed.value = ""; typed.dispatchEvent(new Event("input", { bubbles: true })); }
    }
    const unlike = target.type === "radio" && target.closest("[data-unlike]");
    if (unlike) for (const o of all(":checked", unlike)) if (o !== target && o.value === target.value) o.checked = false;
  });
  form.addEventListener("input", ({ target }) => {
    if (target.value && target.type === "text")
      for (const box of all("[data-instead] input")) if (box.name === target.name) box.checked = false;
  });
  for (const words of all("select ~ .specify")) {
    const list = words.parentNode.querySelector("select"), follow = () => toggle(words, list.value === words.dataset.words);
    list.addEventListener("change", follow); follow();
  }
  for (const hint of all("[data-at-most]")) {
    const box = hint.parentNode, most = +hint.dataset.atMost, live = hint.appendChild(make("span", { role: "status" }));
    const count = () => { const n = all("input:checked", box).length; live.textContent = n ? " " + say("chosen", { n, most }) : ""; live.className = n > most ? "error" : ""; };
    box.addEventListener("change", count); count();
  }
}

function counting() {
  for (const control of all("[data-count]")) {
    const line = byId((control.getAttribute("aria-describedby") || "").split(" ").find(i => i.endsWith("-limit")));
    if (!line) continue;
    const live = line.appendChild(make("span", { role: "status" }));
    const count = () => { const n = control.maxLength - control.value.length; live.textContent = n < control.maxLength ? " " + say("left", { n }) : ""; };
    control.addEventListener("input", count); count();
  }
  for (const box of all("[data-total]")) {
    const live = box.appendChild(make("p", { role: "status", class: "sum" })), total = +box.dataset.total;
    const add = () => {
      const sum = all("input", box).reduce((s, i) => s + (decimal(i.value.replace(/\s/g, "")) || 0), 0);
      const shown = n => (+n.toFixed(6)).toLocaleString(document.documentElement.lang);
      live.textContent = say(sum > total ? "over" : "sum", { sum: shown(sum), left: shown(Math.abs(total - sum)) });
      live.classList.toggle("full", Math.abs(total - sum) < 1e-6); live.classList.toggle("over", sum > total);
    };
    box.addEventListener("input", add); add();
  }
  for (const typed of all("[data-slider]")) {
    const [min, max, step] = typed.dataset.slider.split(" "), slider = make("input", { type: "range", min, max, step, "aria-label": byId(typed.name + "-text")?.textContent || typed.labels[0].textContent });
    const follow = () => { const n = decimal(typed.value); slider.value = n ?? (+min + +max) / 2; slider.classList.toggle("untouched", n === null); };
    slider.addEventListener("input", () => { typed.value = slider.value; slider.classList.remove("untouched"); typed.dispatchEvent(new Event("input", { bubbles: true })); });
    typed.addEventListener("input", follow); typed.parentNode.prepend(slider); follow();
  }
}

function ranking() {
  for (const box of all("[data-rank]")) {
    const most = +box.dataset.rank, live = box.appendChild(make("p", { role: "status", class: "unseen" }));
    const rows = all(".rank", box).map(row => ({ row, list: row.querySelector("select"), label: row.querySelector("label").textContent }));
    const ranked = () => rows.filter(r => r.list.value).sort((a, b) => a.list.value - b.list.value);
    const place = order => { rows.forEach(r => { r.list.value = ""; }); order.slice(0, most).forEach((r, i) => { r.list.value = i + 1; }); };
    const draw = () => {
      const order = ranked();
      for (const r of [...order, ...rows.filter(one => !one.list.value)]) box.insertBefore(r.row, live);
      for (const r of rows) { const at = order.indexOf(r); r.up.disabled = at === 0 || at < 0 && order.length >= most; r.down.disabled = at < 0; }
    };
    const move = (r, by) => {
      const order = ranked(), at = order.indexOf(r);
      if (at < 0) order.push(r);
      else { order.splice(at, 1); if (at + by <= order.length) order.splice(at + by, 0, r); } // down from the last place: none
      place(order); draw();
      const now = ranked().indexOf(r);
      live.textContent = now < 0 ? say("unranked", { name: r.label }) : say("ranked", { name: r.label, n: now + 1 });
      const button = by < 0 ? r.up : r.down;
      (button.disabled ? (by < 0 ? r.down : r.up) : button).focus();
      changed(r.list);
    };
    for (const r of rows) {
      r.up = make("button", { type: "button", class: "move", "aria-label": say("up", { name: r.label }) }, "↑");
      r.down = make("button", { type: "button", class: "move", "aria-label": say("down", { name: r.label }) }, "↓");
      r.up.addEventListener("click", () => move(r, -1));
      r.down.addEventListener("click", () => move(r, 1));
      const moves = make("span", { class: "moves" });
      moves.append(r.up, r.down); r.row.append(moves);
      r.list.addEventListener("change", event => {
        if (event.detail === "moved") return;
        const wanted = +r.list.value, order = ranked().filter(one => one !== r);
        if (wanted) order.splice(wanted - 1, 0, r);
        place(order); draw(); r.list.focus();
      });
    }
    draw();
  }
}

function places() {
  for (const box of all("[data-place]")) {
    const kind = box.dataset.place, stored = box.querySelector("input"), map = box.querySelector("svg");
    const tools = box.querySelector(".place-tools"), status = tools.querySelector("[role=status]");
    let points = (stored.value.match(/-?[\d.]+ -?[\d.]+/g) || []).map(p => p.split(" ").map(Number));
    if (kind === "polygon" && points.length) points.pop();
    const written = () => points.map(p => p.map(n => +n.toFixed(6)).join(" ")).join(", ");
    const frame = map && map.dataset.bounds.split(" ").map(Number); // west, south, east, north
    const across = lon => (lon - frame[0]) / (frame[2] - frame[0]) * map.viewBox.baseVal.width;
    const down = lat => (frame[3] - lat) / (frame[3] - frame[1]) * map.viewBox.baseVal.height;
    const draw = () => {
      const few = kind === "line" ? 2 : 3;
      stored.value = !points.length ? "" : kind === "point" ? `POINT(${written()})` : points.length < few ? "" :
        kind === "line" ? `LINESTRING(${written()})` : `POLYGON((${written()}, ${points[0].map(n => +n.toFixed(6)).join(" ")}))`;
      status.textContent = !points.length ? "" : stored.value ? say("placed", { n: points.length }) : say("more", { n: few - points.length });
      if (map) map.querySelector(".drawn").setAttribute("d", points.map((p, i) => (i ? "L" : "M") + across(p[0]) + " " + down(p[1])).join("") +
        (kind === "polygon" && points.length > 2 ? "Z" : "") + points.map(p => `M${across(p[0]) - 6} ${down(p[1])}a6 6 0 1 0 12 0a6 6 0 1 0 -12 0`).join(""));
      for (const b of all("[data-undo], [data-clear]", tools)) b.hidden = !points.length || "undo" in b.dataset && kind === "point";
    };
    const add = point => { points = kind === "point" ? [point] : [...points, point]; draw(); changed(stored); };
    if (map) map.addEventListener("click", event => {
      const r = map.getBoundingClientRect();
      add([frame[0] + (event.clientX - r.left) / r.width * (frame[2] - frame[0]), frame[3] - (event.clientY - r.top) / r.height * (frame[3] - frame[1])]);
    });
    const here = tools.querySelector("[data-here]");
    here.hidden = !navigator.geolocation;
    here.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
      ({ coords }) => add([coords.longitude, coords.latitude]), () => { status.textContent = say("nowhere"); }, { enableHighAccuracy: true, timeout: 15000 }));
    tools.querySelector("[data-undo]").addEventListener("click", () => { points.pop(); draw(); changed(stored); });
    tools.querySelector("[data-clear]").addEventListener("click", () => { points = []; draw(); changed(stored); });
    tools.hidden = false; draw();
  }
}

// What is typed and not sent outlives a reload or a change of language, in this tab alone, until it is sent.
function drafts() {
  const key = "draft:" + form.dataset.draft, entries = () => [...new FormData(form)].filter(([n, v]) => n[0] !== "_" && n !== "csrf_token" && typeof v === "string");
  for (const old of Object.keys(sessionStorage)) if (old.startsWith("draft:") && old !== key) sessionStorage.removeItem(old);
  const kept = JSON.parse(sessionStorage.getItem(key) || "null");
  if (kept && !document.querySelector(".errors")) {
    const values = new Map();
    for (const [name, value] of kept) values.set(name, [...(values.get(name) || []), value]);
    for (const control of form.elements) {
      if (!control.name || control.name[0] === "_" || control.name === "csrf_token" || /^(file|submit)$/.test(control.type)) continue;
      const mine = values.get(control.name) || [];
      if (/^(radio|checkbox)$/.test(control.type)) control.checked = mine.includes(control.value);
      else if (mine.length) control.value = mine[0];
    }
  }
  const keep = () => sessionStorage.setItem(key, JSON.stringify(entries()));
  form.addEventListener("input", keep); form.addEventListener("change", keep);
}

// A page that came in answer to the one sent gets its own address: going back or reloading sends nothing again.
function settle() {
  const own = document.querySelector("link[rel=canonical]").getAttribute("href");
  history.replaceState(null, "", own === location.pathname ? location.href : own);
}

function sending() {
  let sent = 0;
  form.addEventListener("submit", event => {
    if (sent && Date.now() - sent < 10000) event.preventDefault();
    else sent = Date.now();
  });
  addEventListener("pageshow", () => { sent = 0; });
}

if (typeof document !== "undefined" && document.querySelector("link[rel=canonical]")) settle();
if (form) for (const gain of [drafts, ranking, routing, choosing, counting, places, sending]) gain();
else if (typeof document !== "undefined") for (const old of Object.keys(sessionStorage)) if (old.startsWith("draft:")) sessionStorage.removeItem(old);
if (typeof module !== "undefined") module.exports = { compute, holds };
