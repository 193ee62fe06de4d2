// Names for what the theme and the gallery leave without one.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("details > summary").forEach((toggle) => {
    const entry = toggle.parentElement.parentElement.querySelector("a");
    if (!toggle.textContent.trim()) toggle.setAttribute("aria-label", `Pages of ${entry ? entry.textContent.trim() : "this part"}`);
  });
  document.querySelectorAll(".sphx-glr-thumbcontainer a").forEach((link) => {
    link.setAttribute("aria-label", link.textContent.trim());
  });
});
