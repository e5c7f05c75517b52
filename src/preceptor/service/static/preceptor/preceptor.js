import { initAll } from "../vendor/nhsuk/nhsuk.js";

initAll();

// A form is sent once, however often its button is pressed; the server refuses a second one all the same.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
});
// Back to this page from the browser's memory: the form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

