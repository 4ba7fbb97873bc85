/** A remedy that leads to a field puts the cursor there: <a href="#id_prompt" data-focus="id_prompt">. */
document.addEventListener("click", (event) => {
  const place = document.getElementById(event.target.closest("[data-focus]")?.dataset.focus);
  if (!place) return;
  event.preventDefault();
  place.scrollIntoView({ block: "nearest" });
  const field = place.matches("input, textarea") ? place : place.querySelector("input:checked, input, button");
  field?.focus();
});
