"""A word by itself, before or beside a drawing: what it finds, and whether it is likely to be understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zsbir.ui.explaining.question import Question
    from zsbir.ui.service import Service


async def answer(question: Question, service: Service) -> dict[str, Any]:
    """Answer for `more["word"]` with `{"finds": [category], "doubtful": bool}`.

    Nothing is found, and nothing doubted, where the method reads no words.
    """
    from zsbir.explain import read_word, reads_words

    retriever = await service.opened(question.gallery, question.method, question.mode)
    if not reads_words(retriever.checkpoint.method):
        return {"finds": [], "doubtful": False}
    word = str(question.more.get("word", ""))
    found = await service.explain(lambda: read_word(retriever, word))
    return {"finds": list(found.finds), "doubtful": found.doubtful}
