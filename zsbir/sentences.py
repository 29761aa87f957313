"""Sentences for people that remember what was filled in, so that the page can say them in other languages."""

from __future__ import annotations

from typing import Any


class Sentence(str):
    """An English sentence, and a str to whoever asks no further.

    Attributes:
        template: The sentence with {name} where a value stands.
        values: Name -> text, or a whole number, which is written with commas.
    """

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, **values: Any) -> Sentence:
        """Fill in the values."""
        written = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
        sentence = super().__new__(cls, template.format(**written))
        sentence.template, sentence.values = template, values
        return sentence


def parts(sentence: str) -> dict[str, Any] | str:
    """What the page needs to say a sentence: `{"sentence", "values"}`, or a plain str as it is."""
    if isinstance(sentence, Sentence):
        return {"sentence": sentence.template, "values": sentence.values}
    return sentence
