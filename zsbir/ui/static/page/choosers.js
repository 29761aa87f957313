// Choosers that can be typed in: what is chosen gives way to what is typed, instead of standing before it.

document.addEventListener("focusin", ({ target }) => {
  if (target.matches("#zs-category input")) target.select();
});
