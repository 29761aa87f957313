// Runs before everything else: a language that the address asks for (?lang=de) counts as the browser's own, for
// Gradio's words as for ours.
{
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked) Object.defineProperty(navigator, "language", { value: asked });
}
