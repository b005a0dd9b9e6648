// Keeps the board current. It waits while somebody is in it: focus, a selection and a scrolled table stay where they are.
const live = document.querySelector("[data-live]");
const control = document.querySelector("[data-refresh-switch]");
const EVERY = 10000;
if (live && control) {
  control.hidden = false;
  const box = control.querySelector("input");
  const isBusy = () => live.contains(document.activeElement) || !document.getSelection().isCollapsed;
  const refresh = async () => {
    if (!box.checked || document.hidden || isBusy()) return;
    const response = await fetch(live.dataset.live).catch(() => null);
    if (!response || !response.ok || response.redirected) return;
    const html = await response.text();
    if (isBusy()) return;
    const scrolled = [...live.querySelectorAll(".scroll")].map((part) => part.scrollLeft);
    live.innerHTML = html;
    live.querySelectorAll(".scroll").forEach((part, place) => { part.scrollLeft = scrolled[place] || 0; });
  };
  setInterval(refresh, EVERY);
  box.addEventListener("change", refresh);
}
