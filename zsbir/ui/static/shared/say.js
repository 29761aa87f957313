// What the page says, in the visitor's language: English stands in the code, other languages in languages/*.json.

const LANGUAGES = ["de", "fr"];

/** The language to speak: the one that the address asks for (?lang=de), else the first of the browser's. */
export function choose({ search }, preferred) {
  const asked = new URLSearchParams(search).get("lang");
  const languages = [...(asked ? [asked] : []), ...preferred].map((tag) => tag.toLowerCase().split("-")[0]);
  return languages.find((language) => language === "en" || LANGUAGES.includes(language)) ?? "en";
}

/** The sentences of a language, by the English ones; none where they cannot be had. */
async function learn(language) {
  if (language === "en") return {};
  try {
    return await (await fetch(new URL(`../languages/${language}.json`, import.meta.url))).json();
  } catch {
    return {};
  }
}

export const language = globalThis.document ? choose(location, navigator.languages) : "en";
const sentences = new Map(Object.entries(globalThis.document ? await learn(language) : {}));

/** Say a sentence, with {names} in it filled in; numbers are written as the language writes them. */
export function say(sentence, values = {}) {
  return translated(sentence).replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? value.toLocaleString(language) : (value ?? "");
  });
}

/** Say what came from elsewhere: {sentence, values} as Python makes it, or a text with nothing to fill in. */
export const relay = (told) => (typeof told === "string" ? translated(told) : say(told.sentence, told.values));

/** A number with so many digits after the point, as the language writes it; what rounds to 0 has no sign. */
export const decimals = (value, digits = 3) =>
  value.toLocaleString(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: "negative",
  });

const translated = (text) => sentences.get(text) ?? text;
