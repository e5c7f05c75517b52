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


// A question that only one answer brings up. Without this script it is always in sight.
for (const part of document.querySelectorAll("[data-only-for]")) {
  const form = part.closest("form");
  const update = () => {
    part.hidden = form.elements[part.dataset.of].value !== part.dataset.onlyFor;
  };
  form.addEventListener("change", update);
  update();
}

// The reason for a difference is asked for only where there is one. Without this script it is always in sight.
const URGENCIES = ["emergency", "same_day", "soon", "routine", "self_care"];
for (const form of document.querySelectorAll("form[data-differs]")) {
  const reason = form.querySelector("[data-reason]");
  const floors = (form.dataset.floors || "").split(" ").filter(Boolean);
  const update = () => {
    const chosen = form.elements.urgency.value;
    const differs = form.dataset.advice && chosen !== form.dataset.advice;
    const below = floors.some((floor) => URGENCIES.indexOf(chosen) > URGENCIES.indexOf(floor));
    reason.hidden = !(chosen && (differs || below)) && !reason.matches(".nhsuk-form-group--error");
  };
  form.addEventListener("change", update);
  update();
}
