// Optional: without this script, times are in UTC and the system's colours apply.
"use strict";

// The hub's own pages store the user's choice of light or dark here.
try {
  const theme = localStorage.getItem("jupyterhub-bs-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // The browser may forbid storage: the system's colours apply.
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
