// Large and plain for the last row: asked for by ?projector in the address, or in the Class tab.

const root = globalThis.document?.documentElement;

export const isProjected = () => "projector" in root.dataset;

/** Show the page for a projector or not; the address tells, so that it stays when the page is loaded again. */
export function project(wanted) {
  if (wanted) root.dataset.projector = "";
  else delete root.dataset.projector;
  const { pathname, search, hash } = location;
  history.replaceState(null, "", pathname + withProjector(search, wanted) + hash);
  if (wanted) fill();
  else if (document.fullscreenElement) document.exitFullscreen();
}

/** The part of an address behind its ?, with the word for projectors or without. */
export function withProjector(search, wanted) {
  const asked = new URLSearchParams(search);
  asked.delete("projector");
  const others = String(asked);
  const parts = [others, wanted && "projector"].filter(Boolean);
  return parts.length ? `?${parts.join("&")}` : "";
}

/** The whole screen, where the browser lets a page have it: after a click, and not in every frame. */
async function fill() {
  try {
    await root.requestFullscreen?.();
  } catch {
    // The page is as large as its window, which is fine too.
  }
}

export function attachProjector() {
  if (new URLSearchParams(location.search).has("projector")) root.dataset.projector = "";
}
