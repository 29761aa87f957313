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
const sentences = globalThis.document ? await learn(language) : {};

/** Say a sentence, with {names} in it filled in; numbers are written as the language writes them. */
export function say(sentence, values = {}) {
  const text = sentences[sentence] ?? sentence;
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? value.toLocaleString(language) : (value ?? "");
  });
}
