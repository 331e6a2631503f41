"use strict";
const millis = (ms) => (ms < 1 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : Math.round(ms).toLocaleString("en")) + " ms";
const bytes = (n) => (n < 1e6 ? (n / 1e3).toFixed(1) + " kB" : (n / 1e6).toFixed(1) + " MB");
const rows = [...document.querySelectorAll("tr[data-path]")];
const put = (row, name, text) => { row.querySelector(`[data-name="${name}"]`).textContent = text; };

async function send(row, button) {
  button.disabled = true;
  for (let i = 0; i < 10; i++) {
    button.textContent = `${i + 1} of 10`;
    const response = await fetch(row.dataset.path);
    await response.arrayBuffer();
    put(row, "queries", response.headers.get("X-Query-Count") ?? "-");
    put(row, "bytes", response.headers.has("X-Allocated-Bytes") ? bytes(+response.headers.get("X-Allocated-Bytes")) : "-");
    await refresh();
  }
  button.textContent = "send 10";
  button.disabled = false;
}

async function refresh() {
  const sides = await (await fetch("/live")).json();
  const live = new Map([...sides.before, ...sides.after].map((endpoint) => [endpoint.name, endpoint]));
  for (const row of rows) {
    const endpoint = live.get("GET " + row.dataset.path.split("?")[0]);
    if (endpoint) {
      put(row, "requests", endpoint.count.toLocaleString("en"));
      put(row, "errors", endpoint.errors.toLocaleString("en"));
      put(row, "p50", millis(endpoint.p50Millis));
      put(row, "p95", millis(endpoint.p95Millis));
      put(row, "p99", millis(endpoint.p99Millis));
    }
  }
}

for (const row of rows) {
  const button = row.querySelector("button");
  if (button) button.addEventListener("click", () => send(row, button));
}
refresh();
setInterval(refresh, 2000);
