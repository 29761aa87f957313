// Gradio's choosers, mended where keys meet them.

// In a chooser that can be typed in, what is chosen gives way to what is typed, instead of standing before it.
document.addEventListener("focusin", ({ target }) => {
  if (target.matches("#zs-category input")) target.select();
});

// Gradio opens the list again a moment after any key but Escape, so with keys that lead away the list stayed open
// behind the focus. They never reach it; the browser still moves the focus, and that closes the list.
document.addEventListener(
  "keydown",
  (event) => {
    if (["Tab", "Shift"].includes(event.key) && event.target.matches("[role=combobox]")) event.stopPropagation();
  },
  { capture: true },
);
