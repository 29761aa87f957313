// How the parts of the page tell each other what happened: events on the document, named zsbir:NAME.

export const tell = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`zsbir:${name}`, { detail }));
export const listen = (name, hear) => document.addEventListener(`zsbir:${name}`, (event) => hear(event.detail));

/** Whether keys that are pressed here are text. */
export const isField = (target) => Boolean(target.closest?.("input, textarea, select, [contenteditable]"));

/** Whether they are text, or belong to a dialog. */
export const isTyping = (target) => isField(target) || Boolean(target.closest?.("dialog"));

export const prefersStillness = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
