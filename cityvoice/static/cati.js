// The interviewer's console: everything by keys, pages turned without the server, answers kept until they are saved.
// Conditions and computed texts are those of respond.js, which is loaded before this file where there are questions.
"use strict";

(() => {
  document.documentElement.classList.add("scripted");
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const byId = id => document.getElementById(id);
  const read = (box, key, usual) => JSON.parse(box.getItem(key) || "null") ?? usual;
  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const isTyping = e => e.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
  const isDigit = key => /^[0-9]$/.test(key);
  const numeric = s => /^[+-]?\d+([.,]\d+)?$/.test(s.replace(/\s/g, "")) ? +s.replace(/\s/g, "").replace(",", ".") : null;
  const TAKING = "cati:taking", OWN = "cati:own", CARRY = "cati:carry";

  const shift = document.querySelector("[data-shift]"), desk = byId("console");
  if (shift) onShift();
  if (desk) onCase();

  function onShift() {
    document.querySelector("[data-first]")?.focus();
    for (const form of all("[data-claim]")) form.addEventListener("submit", () => sessionStorage.setItem(TAKING, "1"));
    if (!shift.querySelector("[data-claim]")) return; // a case is still there, with all that belongs to it
    for (const key of Object.keys(sessionStorage)) if (/^cati:[0-9a-f]{32}:/.test(key)) sessionStorage.removeItem(key);
    for (const key of Object.keys(localStorage)) {
      const match = key.match(/^cati:(\d+):(\d+):/);
      if (!match || match[1] !== shift.dataset.account) continue;
      const unsent = read(localStorage, key, []);
      if (unsent.length) shift.prepend(untilSeen(listOf(fill(shift.dataset.unsent, { number: match[2] }), unsent), key));
      else localStorage.removeItem(key);
    }
  }

  /** Nobody can send it any more, so that it stays until somebody has written it down. */
  function untilSeen(box, key) {
    const seen = document.createElement("button");
    seen.type = "button";
    seen.className = "button quiet small-button";
    seen.textContent = shift.dataset.seen;
    seen.addEventListener("click", () => { localStorage.removeItem(key); box.remove(); });
    box.append(seen);
    return box;
  }

  function listOf(title, items) {
    const box = document.createElement("div"), head = document.createElement("p"), list = document.createElement("ul");
    box.className = "notice warn";
    head.textContent = title;
    const last = new Map(items.map(item => [item.question, item]));
    for (const { question, body, said } of last.values()) {
      const [text, answers] = said || [question, body.map(([, value]) => value).filter(Boolean)];
      list.appendChild(document.createElement("li")).textContent = text + " " + answers.join(", ");
    }
    box.append(head, list);
    return box;
  }

  function onCase() {
    const d = desk.dataset, store = `cati:${d.account}:${d.case}:${d.key}`, session = `cati:${d.key}:`;
    const trouble = byId("trouble"), saved = byId("saved"), talk = byId("talk");
    let queue = read(localStorage, store, []), sending = false, halted = "", offline = false, isOut = false, pause = 1000, waiting = [];
    let interview = null, opened = null;

    // --- which tab has the case

    const channel = "BroadcastChannel" in window ? new BroadcastChannel("cati") : null;
    const cover = id => { byId(id).hidden = false; for (const part of all(".who, .talk, .next, .panels", desk)) part.inert = true; byId(id).querySelector(id === "lost" ? "h2" : "button").focus(); }; // no Enter meant for a question closes what was lost
    const isTaking = sessionStorage.getItem(TAKING) === "1";
    sessionStorage.removeItem(TAKING);
    if (isTaking) sessionStorage.setItem(OWN, d.key);
    let isOwner = sessionStorage.getItem(OWN) === d.key;
    const yield_ = () => { isOwner = false; halted = "elsewhere"; cover("elsewhere"); };
    channel?.addEventListener("message", ({ data }) => {
      if (data.key !== d.key) return;
      if (data.say === "here?" && isOwner) channel.postMessage({ key: d.key, say: "mine", to: data.from });
      if (data.say === "mine" && data.to === me && isOwner) yield_();
    });
    const me = Math.random().toString(36).slice(2);
    if (isOwner) channel?.postMessage({ key: d.key, say: "here?", from: me });
    const carried = sessionStorage.getItem(CARRY);
    sessionStorage.removeItem(CARRY);
    if (isOwner && carried && carried !== store && carried.startsWith(`cati:${d.account}:${d.case}:`)) {
      queue = [...read(localStorage, carried, []).map(item => ({ ...item, number: 0 })), ...queue];
      localStorage.removeItem(carried);
    }
    document.querySelector("[data-move]").addEventListener("submit", () => {
      sessionStorage.setItem(TAKING, "1");
      const old = Object.keys(localStorage).find(key => key.startsWith(`cati:${d.account}:${d.case}:`));
      if (old) sessionStorage.setItem(CARRY, old);
    });

    // --- sending: one at a time, in order, until each is taken; numbers make a second arrival harmless

    const keep = () => { queue.length ? localStorage.setItem(store, JSON.stringify(queue)) : localStorage.removeItem(store); tell(); };
    const tell = () => {
      const n = queue.length;
      saved.className = halted ? "" : isOut || offline ? "bad" : n ? "some" : "";
      if (halted) saved.textContent = "";
      else if (isOut) saved.textContent = fill(saved.dataset.out, { n });
      else if (offline) saved.textContent = fill(saved.dataset.offline, { n });
      else if (n) saved.textContent = fill(saved.dataset.waiting, { n });
      else if (interview?.hasSaved) saved.textContent = fill(saved.dataset.saved, { time: new Date().toLocaleTimeString(document.documentElement.lang) });
    };
    const token = () => document.querySelector("[name=csrf_token]").value;
    const post = (address, body) => {
      body.set("csrf_token", token());
      body.set("_key", d.key);
      return fetch(address, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15000) });
    };
    async function renewToken() { // after a new login in another tab
      const page = await fetch(location.href, { redirect: "manual" });
      if (!page.ok) return false;
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[name=csrf_token]");
      if (fresh) for (const field of all("[name=csrf_token]")) field.value = fresh.value;
      return !!fresh;
    }
    async function send() {
      if (sending || halted || !interview) return;
      sending = true;
      try {
        while (queue.length && !halted) {
          const item = queue[0], body = new URLSearchParams(item.body);
          body.set("_number", item.number);
          body.set("_question", item.question);
          tell();
          const reply = await post(interview.address, body);
          if (reply.type === "opaqueredirect" || reply.status === 400 && !await renewToken()) { isOut = true; throw new Error("logged out"); }
          if (reply.status === 409) { const { reason, words } = await reply.json(); halt(reason, words); break; }
          if (!reply.ok) throw new Error(String(reply.status));
          const result = await reply.json();
          [offline, isOut, pause] = [false, false, 1000];
          queue.shift();
          interview.hasSaved = true;
          keep();
          interview.taken(item, result);
        }
      } catch {
        offline = !isOut;
        tell();
        setTimeout(send, pause);
        pause = Math.min(pause * 2, 8000);
      } finally {
        sending = false;
      }
      if (!queue.length || halted) { const ready = waiting; waiting = []; tell(); for (const go of ready) go(); }
    }
    const whenSent = (go, sayWhy = () => { trouble.textContent = d.wait; }) => { if (!queue.length || halted) return go(); waiting.push(go); if (offline) sayWhy(); send(); };
    addEventListener("online", () => { pause = 1000; send(); });

    function halt(reason, words) {
      halted = reason;
      tell();
      if (reason === "lost") {
        byId("lost").querySelector("[data-words]").textContent = words;
        if (queue.length) byId("lost").querySelector("[data-unsent-list]").replaceChildren(listOf(d.unsent, queue));
        cover("lost");
      } else {
        trouble.textContent = words;
        if (queue.length) trouble.after(listOf(d.unsent, queue));
        queue = [];
        keep();
      }
    }

    /** What happens beside the call. It is announced once and stays; the focus stays where it is. */
    function tellNews(sentences) {
      const box = byId("news"), said = all("p", box);
      if (said.map(p => p.textContent).join("\n") === sentences.join("\n")) return;
      for (const p of said) if (!sentences.includes(p.textContent)) p.remove();
      for (const words of sentences) if (!said.some(p => p.textContent === words)) {
        const p = document.createElement("p");
        p.className = "notice";
        p.textContent = words;
        box.append(p);
      }
    }

    async function beat() {
      if (halted) return;
      try {
        const reply = await post(d.heartbeat, new URLSearchParams());
        if (reply.type === "opaqueredirect") { isOut = true; tell(); return; }
        if (reply.status === 400) { await renewToken(); return; }
        const { reason, words, news } = await reply.json();
        if (reason) halt(reason, words);
        else tellNews(news);
        if (reply.ok) { const was = offline || isOut; offline = isOut = false; if (was) { tell(); send(); } }
      } catch { offline = true; tell(); }
    }

    // --- panels

    const panels = { outcome: byId("panel-outcome"), link: byId("panel-link"), keys: byId("panel-keys") };
    const form = byId("outcome-form"), note = byId("note"), TIMED = ["appointment", "callback", "break_off"];
    const GROUPS = { nobody: ["nobody"], machine: ["machine"], refusal: ["refusal"], appointment: [], callback: [], note: [], outcome: null };
    const chosen = () => form.querySelector("[name=outcome]:checked");
    const FKEYS = { F2: "appointment", F3: "nobody", F4: "machine", F6: "refusal", F7: "callback", F8: "outcome", F9: "link", F10: "note" };

    const title = byId("panel-outcome-title"), usualTitle = title.textContent;
    function arrange() {
      const view = opened, groups = GROUPS[view];
      title.textContent = title.dataset[view] || usualTitle;
      panels.outcome.dataset.view = view;
      for (const box of all(".outcomes", form)) box.hidden = groups !== null && !groups.includes(box.dataset.group);
      const rows = all(".outcomes:not([hidden]) .option", form);
      rows.forEach((row, at) => { const key = row.querySelector("kbd"); key.textContent = row.querySelector("input").dataset.key = at + 1; key.hidden = false; });
      follow();
    }
    function follow() {
      const box = form.querySelector("[data-group=when]");
      box.hidden = opened === "note" || !TIMED.includes(chosen()?.value);
      for (const part of all("[data-for]", panels.outcome)) part.hidden = part.dataset.for !== opened;
      for (const part of all("[data-group=number], .buttons", form)) part.hidden = opened === "note";
      for (const part of all("[data-group=language]", form)) part.hidden = opened === "note" || chosen()?.value !== "language_interviewer";
    }
    function open(view, isAgain = false) {
      if (halted === "lost" || halted === "elsewhere") return;
      interview?.leave();
      close(false);
      opened = view;
      const panel = panels[view] || panels.outcome, wrong = isAgain && panel.querySelector("[aria-invalid=true]");
      panel.classList.add("open");
      panel.scrollTop = 0;
      for (const part of all(".who, .talk, .next", desk)) part.inert = true;
      if (panel !== panels.outcome) { (panel.querySelector("input[type=email]") || panel.querySelector("h2")).focus(); return; }
      if (!isAgain && view !== "note") {
        const isBegun = d.stage === "interview";
        const usual = { nobody: "no_answer", machine: "machine", refusal: isBegun ? "soft_refusal_respondent" : "soft_refusal_household", appointment: "appointment", callback: "callback", outcome: form.dataset.suggested }[view];
        if (usual) form.querySelector(`[value=${usual}]`).checked = true;
      }
      arrange();
      if (wrong) wrong.focus();
      else if (view === "note") note.focus();
      else if (view === "appointment") form.elements.day.focus();
      else (all(".outcomes:not([hidden]) input:checked", form)[0] || form.querySelector("[data-save]")).focus();
    }
    function close(isBack = true) {
      for (const panel of Object.values(panels)) panel.classList.remove("open");
      for (const part of all(".who, .talk, .next", desk)) part.inert = false;
      opened = null;
      typed.clear();
      if (isBack) focusStage();
    }
    const focusStage = () => { if (interview?.isOn) interview.focus(); else (talk.querySelector("input.big") || talk.querySelector("[data-onward]") || talk).focus(); };
    for (const link of all("[data-view]")) if (link.tagName === "A") link.addEventListener("click", event => { event.preventDefault(); open(link.dataset.view); });
    form.addEventListener("change", event => { if (event.target.name === "outcome") follow(); });
    note.value = note.value || sessionStorage.getItem(session + "note") || "";
    note.addEventListener("input", () => sessionStorage.setItem(session + "note", note.value));
    form.elements.day.addEventListener("change", async () => {
      const box = form.querySelector("[data-calendar]");
      try {
        const reply = await fetch(`${box.dataset.calendar}?day=${encodeURIComponent(form.elements.day.value)}`, { redirect: "manual" });
        if (reply.ok) box.innerHTML = await reply.text(); // our own page's part
      } catch { /* the calendar stays as it is; the server checks the time */ }
    });
    const began = +(sessionStorage.getItem(session + "began") || Date.now());
    sessionStorage.setItem(session + "began", began);
    for (const one of all("[data-dispose]")) one.addEventListener("submit", event => {
      interview?.leave();
      if (one === form && "needsNote" in (chosen()?.dataset || {}) && !note.value.trim()) {
        event.preventDefault(); note.focus(); note.setAttribute("aria-invalid", "true"); note.setAttribute("aria-describedby", "note-needed"); byId("note-needed").hidden = false; return;
      }
      one.elements._seconds.value = Math.round((Date.now() - began) / 1000);
      event.preventDefault();
      if (!isDelivering) whenSent(() => deliver(one), () => sayItWaits(one));
    });
    let isDelivering = false;
    /** What ends a case is a page of its own: it goes once the server is heard of, so that no error page takes its place. */
    async function deliver(one) {
      isDelivering = true;
      if (halted || await isHeard()) return one.submit();
      sayItWaits(one);
      setTimeout(() => deliver(one), 2000);
    }
    async function isHeard() {
      try {
        const reply = await post(d.heartbeat, new URLSearchParams());
        if (reply.status === 400) await renewToken();
        return true;
      } catch { offline = true; tell(); return false; }
    }
    function sayItWaits(one) {
      if (one.querySelector("[data-waits]")) return;
      const words = document.createElement("p");
      words.className = "notice warn";
      words.setAttribute("role", "status");
      words.dataset.waits = "";
      one.querySelector(".buttons, button").before(words);
      words.textContent = d.outcomeWaits;
      words.scrollIntoView({ block: "nearest" });
    }
    addEventListener("beforeunload", event => { if (isDelivering && offline) event.preventDefault(); });
    for (const shut of all("[data-close]")) shut.addEventListener("click", () => close());
    /** The number that was dialled is the one that the call is recorded for. */
    function dialled(id) {
      for (const field of all("[name=telephone]", desk)) if (field.type === "radio") field.checked = field.value === id; else field.value = id;
    }
    for (const link of all("[data-phone]")) link.addEventListener("click", () => { sessionStorage.setItem(session + "phone", link.dataset.phone); dialled(link.dataset.phone); });
    const called = sessionStorage.getItem(session + "phone");
    if (called && !panels.outcome.dataset.open) dialled(called);

    // --- keys

    const typed = { digits: "", clear() { this.digits = ""; trouble.dataset.typed = ""; } };
    /** Which of `inputs` the digits typed so far mean; a longer key goes on with the next digit, without a clock. */
    function pick(digit, inputs, isFixed) {
      const key = i => isFixed ? i.dataset.key.padStart(width, "0") : i.dataset.key;
      const width = Math.max(...inputs.map(i => i.dataset.key.length));
      let digits = typed.digits + digit;
      if (!inputs.some(i => key(i).startsWith(digits))) digits = digit;
      const found = inputs.find(i => key(i) === digits);
      const isOpen = inputs.some(i => key(i).startsWith(digits) && key(i) !== digits);
      typed.digits = isOpen ? digits : "";
      trouble.textContent = found || isOpen ? (isOpen && !found ? digits + "_" : "") : fill(d.noKey, { key: digits });
      return found;
    }

    document.addEventListener("keydown", event => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const { key, target } = event, isCovered = !byId("elsewhere").hidden || !byId("lost").hidden;
      if (isCovered) return;
      if (event.repeat && (key === "Enter" || isDigit(key)) && !isTyping(target)) return event.preventDefault(); // held down
      const typing = isTyping(target), take = act => { event.preventDefault(); act(); };
      if (key in FKEYS) return take(() => open(FKEYS[key]));
      if (key === "Escape" && opened) return take(close);
      if (key === "?" && !typing) return take(() => open("keys"));
      if (opened) return inPanel(event, typing, take);
      if (interview?.isOn) return interview.key(event, typing, take);
      if (key === "0" && !typing && d.stage === "call") return take(() => document.querySelector("[data-dial]")?.click());
      if (key === "Enter" && !target.closest("a, button, summary, textarea, select") && !typing) take(() => talk.querySelector("form.onward [data-onward]")?.click());
    });

    function inPanel({ key, target, shiftKey }, typing, take) {
      if (key === "Enter" && (opened === "keys" || opened === "note") && !shiftKey) return take(close);
      if (key === "Enter" && target.matches("textarea") && !shiftKey) return take(() => form.requestSubmit());
      if (key === "Enter" && target.matches("input[type=radio], input[type=checkbox], select, input[type=date], input[type=time]")) return take(() => form.requestSubmit());
      if (isDigit(key) && !typing && panels.outcome.classList.contains("open")) take(() => {
        const found = pick(key, all(".outcomes:not([hidden]) input", form), false);
        if (found) { found.checked = true; found.focus(); follow(); }
      });
    }

    // --- the interview

    async function begin(stage) {
      let reply;
      try { reply = await fetch(stage.dataset.whole, { redirect: "manual" }); } catch { reply = null; }
      if (!reply?.ok) { offline = true; tell(); setTimeout(() => begin(stage), 2000); return; }
      stage.innerHTML = await reply.text(); // our own page's part
      interview = conduct(byId("interview"));
      desk.classList.add("one-by-one");
      keep();
      interview.start();
      send();
    }

    function conduct(sheet) {
      const plan = JSON.parse(sheet.dataset.plan), pipes = JSON.parse(sheet.dataset.pipes);
      const finish = byId("finish"), line = byId("progress-line"), visited = new Set(), kept = new Map(), wrong = new Map(), decided = new Map();
      finish.hidden = false; // without script it stands behind the last question
      let asks, steps, byName, now = null, atEnd = false, isFull = false, fullAt = "", isBusy = false, turn = 0; // busy: the next question is on its way
      let number = Math.max(+sheet.dataset.sent, ...queue.map(item => item.number));
      for (const item of queue) if (!item.number) item.number = ++number; // carried over from another tab

      function index() {
        asks = all(".ask", sheet);
        byName = new Map(asks.map(ask => [ask.dataset.question, ask]));
        steps = asks.flatMap(ask => all(".step", ask).length ? all(".step", ask) : [ask]);
        for (const step of all(".step[data-kind=several]", sheet)) {
          const boxes = all("[data-key]", step), width = Math.max(...boxes.map(b => b.dataset.key.length));
          for (const box of boxes) { const shown = box.parentNode.querySelector("kbd"); if (shown) shown.textContent = box.dataset.key.padStart(width, "0"); }
        }
      }
      const controls = ask => all("input, textarea, select", ask).filter(c => c.name);
      const valuesOf = (ask, name) => controls(ask).filter(c => c.name === name && !c.disabled && (!/^(radio|checkbox)$/.test(c.type) || c.checked)).map(c => c.value.trim()).filter(Boolean);
      const answers = ask => {
        const names = [...new Set(controls(ask).map(c => c.name))];
        return names.flatMap(name => { const v = valuesOf(ask, name); return v.length ? v.map(one => [name, one]) : [[name, ""]]; });
      };
      const askOf = step => step.closest(".ask");
      const isShown = step => !askOf(step).hidden && !step.closest("[data-item][hidden]") && !step.hidden;
      const ownsControl = (part, on) => { part.hidden = !on; for (const c of part.matches("input") ? [part] : all("input, textarea", part)) c.disabled = !on; };

      /** One walk over the plan: who is asked what now, which answers are offered, what the texts say. */
      function walk() {
        const seen = new Map(), name = n => seen.has(n) ? seen.get(n) : null;
        for (const { q, f, w, v, o, i, e, r } of plan) {
          const ask = byName.get(q), isLater = ask && "later" in ask.dataset;
          let on = isLater ? decided.get(q) === true : w === undefined || holds(w, name);
          const offer = (axis, conditions, needed) => {
            let some = false;
            for (const [code, condition] of Object.entries(conditions)) {
              const is = holds(condition, name);
              some ||= is && needed?.includes(code);
              if (ask) for (const part of all(`[data-${axis}="${CSS.escape(code)}"]`, ask)) ownsControl(part, is);
            }
            return some || !needed;
          };
          if (o && !isLater) on = offer("option", o, e) && on;
          if (i && !isLater) on = offer("item", i, r) && on;
          if (ask && !isLater) { ask.hidden = !on; }
          if (v !== undefined && on) { const found = compute(v, name); seen.set(q, typeof found === "boolean" ? (found ? "1" : "0") : found); }
          if (on && ask) for (const [field, [kind, ...missing]] of Object.entries(f)) {
            const values = valuesOf(ask, field), one = x => missing.includes(x) ? { m: x } : x;
            seen.set(field, kind === "codes" ? values.map(one) : !values.length ? null : kind === "number" && !missing.includes(values[0]) ? numeric(values[0]) : one(values[0]));
          }
        }
        for (const part of all("[data-pipe]", sheet)) if (!part.closest("[data-later]")) part.textContent = pipes[part.dataset.pipe].map(piece => typeof piece === "string" ? piece : worded(name(piece[0]), piece[1])).join("");
      }
      const decimalComma = !/^(en|he|ja|ko|th|zh)/.test(sheet.lang);
      const worded = (value, labels) => {
        if (Array.isArray(value)) return value.map(one => worded(one, labels)).join(", ");
        if (value === null || typeof value === "boolean") return "";
        const text = typeof value === "object" ? value.m : value;
        if (typeof text === "number") { const s = String(+text.toPrecision(10)); return decimalComma ? s.replace(".", ",") : s; }
        const day = decimalComma && text.match(/^(\d{4})-(\d\d)-(\d\d)$/);
        return labels[text] ?? (day ? `${day[3]}.${day[2]}.${day[1]}` : text);
      };

      function save(ask, isPassing = false) {
        const name = ask.dataset.question, body = answers(ask), as = JSON.stringify(body);
        if (ask.hidden || kept.get(name) === as && !(isPassing && !visited.has(name))) return;
        if (isPassing) visited.add(name);
        kept.set(name, as);
        wrong.delete(name);
        for (const later of asks) if ("later" in later.dataset && later !== ask) stale.add(later.dataset.question);
        if (halted === "closed") return;
        number += 1;
        queue.push({ number, question: name, body, said: inWords(ask) });
        keep();
        send();
      }
      /** A question and its answer as people say them, should they never arrive. */
      function inWords(ask) {
        const isChoice = c => /^(radio|checkbox)$/.test(c.type);
        const label = c => [...(c.closest("label") || c.parentNode).childNodes].filter(part => part.nodeName !== "KBD").map(part => part.textContent).join("").trim();
        const given = controls(ask).filter(c => !c.disabled && (isChoice(c) ? c.checked : c.value.trim()));
        return [(ask.querySelector(".say, legend") || ask).textContent.trim(), given.map(c => isChoice(c) ? label(c) : c.value.trim())];
      }
      const stale = new Set(); // questions that the server drew before the latest answers

      function taken({ question }, { errors, over, asked }) {
        if (over) {
          [isFull, fullAt] = [true, question];
          turn += 1; // whatever was about to be shown next is not
          queue = queue.filter(item => item.question !== question); // the same again, by Enter
          keep();
          form.dataset.suggested = "quota_full";
          end();
          return;
        }
        const ask = byName.get(question);
        if (!asked || !ask) return;
        const open = errors.filter(([field]) => !isAhead(ask, field));
        if (!open.length) return;
        wrong.set(question, open);
        tellWrong();
      }
      /** A row of the question on the screen that has not been asked yet cannot be missing. */
      const isAhead = (ask, field) => now && askOf(now) === ask && steps.findIndex(s => askOf(s) === ask && (s.dataset.fields || "").split(" ").includes(field)) > steps.indexOf(now);
      function tellWrong() {
        const mine = now && wrong.get(askOf(now).dataset.question);
        if (mine && !atEnd) trouble.textContent = mine.map(([, words]) => words).join(" ");
        else if (wrong.size) trouble.textContent = fill(d.refused, { words: [...wrong.values()][0].map(([, words]) => words).join(" ") });
      }

      function show(step) {
        for (const part of all(".now", sheet)) part.classList.remove("now");
        now = step;
        atEnd = isBusy = false;
        const ask = askOf(step);
        ask.classList.add("now");
        step.classList.add("now");
        ask.classList.toggle("last-step", shownSteps(ask).at(-1) === step);
        sheet.hidden = false;
        finish.classList.add("scripted-only");
        const list = asks.filter(a => !a.hidden && a.querySelector("input, textarea, select")), at = list.indexOf(ask);
        const title = ask.closest(".part").dataset.title;
        line.textContent = [at < 0 ? "" : fill(d.place, { n: at + 1, all: list.length }), title].filter(Boolean).join(" · ");
        sessionStorage.setItem(session + "at", JSON.stringify([ask.dataset.question, all(".step", ask).indexOf(step)]));
        trouble.textContent = "";
        typed.clear();
        tellWrong();
        focus();
      }
      const shownSteps = ask => steps.filter(step => askOf(step) === ask && isShown(step));
      function focus() {
        if (isFull) { byId("full").querySelector("p").tabIndex = -1; byId("full").querySelector("p").focus(); return; }
        if (atEnd) { finish.querySelector("[data-onward]").focus(); return; }
        const field = now.dataset.kind === "field" && now.querySelector("input:not([type=checkbox]):not([type=radio]), textarea");
        if (field) { field.focus(); field.select?.(); return; }
        (now.querySelector(".say") || askOf(now).querySelector(".say") || talk).focus();
        scrollTo(0, 0);
      }

      /** What is wrong with a step before it is left; the server checks the rest. */
      function problem(step) {
        const ask = askOf(step), fields = (step.dataset.fields || "").split(" ").filter(Boolean), main = fields.slice(0, step.dataset.kind === "field" ? undefined : 1);
        if (!main.length) return "";
        const given = main.flatMap(name => valuesOf(ask, name));
        if ("required" in ask.dataset && !given.length) return d.needed;
        for (const input of all("[inputmode=decimal]", step)) {
          const value = input.value.trim(), n = numeric(value);
          if (!value) continue;
          if (n === null) return d.number;
          if (input.dataset.low !== undefined && n < +input.dataset.low) return fill(d.low, { low: input.dataset.low });
          if (input.dataset.high !== undefined && n > +input.dataset.high) return fill(d.high, { high: input.dataset.high });
        }
        return "";
      }

      function forward() {
        if (isFull || atEnd) return;
        const found = problem(now);
        if (found) { trouble.textContent = found; focus(); return; }
        const ask = askOf(now), isLast = shownSteps(ask).at(-1) === now;
        const words = all(".specify", now).find(box => box.previousElementSibling.querySelector("input:checked") && !box.querySelector("input").value && document.activeElement !== box.querySelector("input"));
        if (words) { words.querySelector("input").focus(); return; }
        save(ask, isLast);
        walk();
        step(steps.indexOf(now) + 1);
      }
      function step(at) {
        const mine = turn;
        for (; at < steps.length; at++) {
          const one = steps[at], ask = askOf(one), name = ask.dataset.question;
          if ("later" in ask.dataset && (stale.has(name) || !decided.has(name))) { isBusy = true; return whenSent(() => mine === turn && fetchLater(name)); }
          if (isShown(one) && one !== ask) return show(one);
        }
        isBusy = true;
        whenSent(() => mine === turn && end());
      }
      async function fetchLater(name) {
        const ask = byName.get(name), mine = turn;
        let reply;
        try { reply = await fetch(sheet.dataset.question.replace("NAME", encodeURIComponent(name)), { redirect: "manual" }); } catch { reply = null; }
        if (mine !== turn) return;
        if (!reply || !reply.ok) { trouble.textContent = d.wait; setTimeout(() => fetchLater(name), 1500); return; }
        stale.delete(name);
        const is = reply.status === 200, place = document.createElement("div");
        decided.set(name, is);
        place.innerHTML = is ? await reply.text() : `<fieldset class="ask later" data-question="${CSS.escape(name)}"></fieldset>`;
        const fresh = place.querySelector(".ask");
        fresh.dataset.question = name;
        fresh.dataset.later = "";
        fresh.hidden = !is;
        ask.replaceWith(fresh);
        if (is && !kept.has(name)) kept.set(name, JSON.stringify(answers(fresh)));
        index();
        walk();
        const at = steps.findIndex(s => askOf(s) === fresh);
        step(is ? at : at + 1);
      }
      function end() {
        const first = [...wrong.keys()].map(name => byName.get(name)).find(Boolean);
        if (first && !isFull) { show(shownSteps(first)[0] || now); return; }
        atEnd = true;
        isBusy = false;
        sheet.hidden = true;
        line.textContent = "";
        byId("full").hidden = !isFull;
        finish.classList.toggle("scripted-only", isFull);
        sessionStorage.removeItem(session + "at");
        focus();
      }
      function back() {
        if (isFull) { // a key may have slipped
          isFull = false;
          byId("full").hidden = true;
          form.dataset.suggested = "break_off";
          const slipped = byName.get(fullAt) && shownSteps(byName.get(fullAt))[0];
          return show(slipped || now);
        }
        if (!atEnd) save(askOf(now));
        walk();
        for (let at = atEnd ? steps.length - 1 : steps.indexOf(now) - 1; at >= 0; at--) if (isShown(steps[at]) && steps[at] !== askOf(steps[at])) { show(steps[at]); return; }
      }

      function choose(input) {
        if (input.type === "radio") input.checked = true; else input.checked = !input.checked;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
      sheet.addEventListener("change", ({ target }) => {
        const ask = target.closest(".ask"), step = target.closest(".step");
        if (target.type === "checkbox" && target.checked) {
          for (const other of controls(ask)) if (other.type === "checkbox" && other.name === target.name && other !== target && ("alone" in target.dataset || "alone" in other.dataset)) other.checked = false;
          const box = step?.dataset.kind === "field" && controls(step).find(c => c.name === target.name && c.type !== "checkbox");
          if (box) box.value = "";
        }
        if (target.type === "radio") { save(ask); walk(); }
      });
      sheet.addEventListener("input", ({ target }) => {
        if (isTyping(target) && target.value) for (const other of controls(target.closest(".ask"))) if (other.type === "checkbox" && other.name === target.name) other.checked = false;
      });
      sheet.addEventListener("submit", event => event.preventDefault());

      function key(event, typing, take) {
        const { key: k, target, shiftKey } = event;
        if (isBusy) { if (k === "Enter" || k === "Backspace" || isDigit(k)) event.preventDefault(); return; }
        if (k === "Enter") {
          if (target.closest("a, summary, .next button, .who button") || target.matches("textarea") && shiftKey) return;
          if (atEnd) { if (!target.matches("button")) take(focus); return; }
          const fields = all("input:not([type=checkbox]):not([type=radio]), textarea", now).filter(c => c.checkVisibility()), at = fields.indexOf(target);
          return take(at >= 0 && at < fields.length - 1 && now.dataset.kind === "field" ? () => fields[at + 1].focus() : forward);
        }
        if (k === "Backspace") {
          if (typing && target.value) return;
          return take(typed.digits ? () => { typed.clear(); trouble.textContent = ""; } : back);
        }
        if (k === "Home" && !typing && wrong.size) return take(() => { const ask = byName.get([...wrong.keys()][0]); if (ask) show(shownSteps(ask)[0]); });
        if (!isDigit(k) || typing || atEnd) return;
        const inputs = all("[data-key]", now).filter(i => !i.disabled && !i.closest("[hidden]"));
        if (inputs.length) take(() => { const found = pick(k, inputs, now.dataset.kind === "several"); if (found) choose(found); });
      }

      function start() {
        index();
        for (const ask of asks) if (!("later" in ask.dataset)) kept.set(ask.dataset.question, JSON.stringify(answers(ask)));
        for (const { question, body } of queue) { // typed before a reload and not sent yet
          const ask = byName.get(question);
          if (!ask) continue;
          for (const c of controls(ask)) { const mine = body.filter(([n]) => n === c.name).map(([, v]) => v); if (/^(radio|checkbox)$/.test(c.type)) c.checked = mine.includes(c.value); else if (mine.length) c.value = mine[0]; }
          kept.set(question, JSON.stringify(answers(ask)));
        }
        for (const ask of asks) { ask.disabled = false; }
        walk();
        const [name, at] = read(sessionStorage, session + "at", [sheet.dataset.next, -1]), ask = byName.get(name);
        if (!name || !ask) { step(name ? 0 : steps.length); return; }
        const mine = shownSteps(ask), open = mine.find(s => (s.dataset.fields || "").split(" ").some(f => f && !valuesOf(ask, f).length));
        const first = at >= 0 ? all(".step", ask)[at] : open || mine[0];
        if (first && isShown(first) && first !== ask) show(first); else step(Math.max(0, steps.findIndex(s => askOf(s) === ask)));
      }

      return {
        address: sheet.action, hasSaved: false, get isOn() { return now !== null || atEnd; },
        start, taken, key, focus, leave() { if (now && !atEnd) save(askOf(now)); },
      };
    }

    // --- begin

    tell();
    if (!isOwner) { yield_(); return; }
    const reopened = panels.outcome.dataset.open || panels.link.dataset.open;
    const stage = byId("stage");
    if (stage) begin(stage); else if (!reopened) focusStage();
    if (reopened) {
      const view = reopened === "link" ? "link" : Object.keys(GROUPS).find(name => all(`[data-group=${name}] [value="${CSS.escape(reopened)}"]`, form).length) || "outcome";
      open(view === "appointment" ? reopened === "callback" ? "callback" : "appointment" : view in GROUPS || view === "link" ? view : "outcome", true);
    }
    addEventListener("pagehide", () => interview?.leave());
    setInterval(beat, Math.max(5, +d.lease / 4) * 1000);
    if (navigator.onLine === false) { offline = true; tell(); }
  }
})();
