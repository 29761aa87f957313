"""A word by itself, against a slow twin; and how well a word in pieces tells nonsense, counted."""

import random
import string
from dataclasses import replace

import numpy as np
import pytest
from torch.nn import functional as F

from tests.explain.kit import NAMES
from zsbir.errors import CheckpointError, ZSBIRError
from zsbir.explain import read_word, reads_words
from zsbir.explain.word_reading import in_pieces
from zsbir.images import open_image, to_pixels

COMMON = """
apple dog house river mountain chair love freedom music doctor teacher school bread cheese butter
sugar coffee tea water milk juice wine beer glass bottle plate fork spoon knife kitchen bathroom
bedroom garden flower tree grass leaf forest ocean beach island desert sky cloud rain snow wind
storm thunder lightning sun moon star planet space rocket airplane helicopter train bus car truck
bicycle motorcycle boat ship sail bridge road street city town village castle palace tower church
temple museum library hospital office factory farm barn horse cow pig sheep goat chicken duck goose
turkey cat mouse rabbit squirrel fox wolf bear lion tiger elephant giraffe zebra monkey snake lizard
frog fish shark whale dolphin octopus crab spider bee ant butterfly bird eagle owl parrot penguin
red blue green yellow black white round square long short big small old new happy sad running
jumping sleeping metal wooden plastic paper cotton leather gold silver shirt trousers dress skirt
jacket coat hat shoe boot glove scarf ring necklace watch clock lamp candle mirror window door wall
floor roof stairs table desk sofa couch bed pillow blanket carpet curtain shelf guitar piano violin
drum trumpet flute camera phone television radio keyboard pencil pen book newspaper letter envelope
stamp bag basket box umbrella key lock hammer saw screwdriver nail rope ladder bucket broom computer
"""
RARE = """
xylophone stethoscope wheelbarrow candelabra harpsichord trebuchet samovar ocarina astrolabe
didgeridoo pterodactyl accordion gramophone hovercraft chrysanthemum espresso
"""
FOREIGN = """
apfel hund haus berg stuhl schule käse zucker flasche teller gabel löffel pomme chien maison
montagne chaise médecin fromage bouteille assiette fourchette
"""
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def nonsense(count):
    """Letters by lot, letters of one row of the keyboard, and syllables that can be pronounced, in turn."""
    lot = random.Random(3)
    for number in range(count):
        if number % 3 == 0:
            yield "".join(lot.choices(string.ascii_lowercase, k=lot.randint(4, 9)))
        elif number % 3 == 1:
            yield "".join(lot.choices(lot.choice(ROWS), k=lot.randint(4, 8)))
        else:
            syllables = range(lot.randint(2, 3))
            yield "".join(lot.choice("bcdfghjklmnprstvwz") + lot.choice("aeiou") for _ in syllables)


def test_nonsense_is_in_pieces_and_common_words_are_not(backbone):
    """Precision and recall of a doubt are both over 0.95 here; most foreign words are doubted too."""
    common, foreign = COMMON.split()[:200], FOREIGN.split()

    def doubted(words):
        return sum(in_pieces(backbone, word) for word in words)

    assert doubted(common) <= 2
    assert doubted(nonsense(200)) >= 190
    assert doubted(foreign) >= len(foreign) / 2


def test_rare_words_are_doubted_too(backbone):
    """Which is why it is said as a doubt, and why what the word finds stands beside it."""
    rare = [in_pieces(backbone, word) for word in RARE.split()]
    assert len(rare) / 2 < sum(rare) < len(rare)


@pytest.mark.parametrize("name", ["plain", "splip-category", "deep-dual-category"])
def test_what_a_word_finds_is_what_its_text_is_nearest_to(retrievers, name):
    retriever = retrievers[name]
    method, dim = retriever.checkpoint.method, retriever.checkpoint.method.backbone.dim
    words = F.normalize(method.backbone.encode_text(["a photo of an apple"])[0], dim=0)
    scored = []
    for photo in retriever.gallery.photos:
        pixels = to_pixels(open_image(retriever.gallery.path(photo)), method.preprocess)
        score = float(F.normalize(method.embed_photos(pixels)[0, :dim], dim=0) @ words)
        scored.append((score, photo.category))
    expected = list(dict.fromkeys(category for _, category in sorted(scored, reverse=True)))
    assert read_word(retriever, "  apple ").finds == tuple(expected[:3])


def test_a_word_that_finds_what_it_names_is_not_doubted(plain, monkeypatch):
    assert in_pieces(plain.checkpoint.method.backbone, "xqzt frog")
    assert not in_pieces(plain.checkpoint.method.backbone, "t-shirt, apple 2024!")
    monkeypatch.setattr("zsbir.explain.word_reading.in_pieces", lambda backbone, word: True)
    assert "ladybird" in read_word(plain, "Ladybird").finds
    assert not read_word(plain, "Ladybird").doubtful
    assert read_word(plain, "ladybirds").doubtful


def test_who_reads_no_words_finds_nothing_by_them(retrievers, plain):
    for name in NAMES:
        if not reads_words(retrievers[name].checkpoint.method):
            with pytest.raises(CheckpointError, match="A word cannot steer"):
                read_word(retrievers[name], "apple")
    for word in (" ", "x" * 101):
        with pytest.raises(ZSBIRError, match="A word has 1 to 100 letters"):
            read_word(plain, word)


def test_other_tokenizers_say_nothing(backbone):
    assert not in_pieces(replace(backbone, tokenizer=lambda texts: np.zeros((len(texts), 4))), "xqzt")
