// Drawings and charts in SVG, made element by element.

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element with its attributes and what is in it. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
