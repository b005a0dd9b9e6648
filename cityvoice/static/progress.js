// Keeps a part of the page current until the server says that it is over; without script there is a link.
for (const part of document.querySelectorAll("[data-refresh]")) {
  const refresh = async () => {
    if (part.querySelector("[data-over]")) return;
    const response = await fetch(part.dataset.refresh).catch(() => null);
    if (response && response.ok && !response.redirected) {
      const html = await response.text();
      if (html !== part.innerHTML) part.innerHTML = html;
    }
    setTimeout(refresh, 1000);
  };
  setTimeout(refresh, 1000);
}
