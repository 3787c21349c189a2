// Enhancements only: without this script the page is complete, with times in UTC and the system's colours.
"use strict";

// The hub's own pages keep a reader's choice of light or dark here.
try {
  const theme = localStorage.getItem("jupyterhub-bs-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser may forbid storage: then the system's colours stay.
}

document.addEventListener("DOMContentLoaded", () => {
  const format = new Intl.DateTimeFormat(undefined, {
    day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
  });
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
  }
});
