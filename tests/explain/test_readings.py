"""Scores that people can read, against a whole ranking."""

import numpy as np
import pytest

from zsbir.explain import read_scores


@pytest.mark.parametrize(("k", "category"), [(3, None), (8, None), (2, "frog"), (20, "frog")])
def test_margins_are_those_to_the_next_photo_of_the_whole_ranking(plain, drawing, k, category):
    whole = [hit.score for hit in plain.search(drawing, k=100, category=category)]
    result = plain.retrieve(drawing, k=k, category=category)
    readings = read_scores(plain, result)
    assert len(readings) == len(result.hits)
    for place, reading in enumerate(readings):
        above = (whole[place] - np.mean(whole)) / np.std(whole)
        assert reading.above == pytest.approx(above, rel=1e-2, abs=1e-4)
        if place + 1 == len(whole):
            assert reading.margin is reading.lead is None
            continue
        margin = whole[place] - whole[place + 1]
        assert reading.margin == pytest.approx(margin, abs=1e-6)
        assert reading.lead == pytest.approx(margin / np.std(whole), rel=1e-2, abs=1e-4)
