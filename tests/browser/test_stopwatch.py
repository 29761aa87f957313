"""What the measurement of the page counts; how long anything takes is not asserted."""

from types import SimpleNamespace

from tests.browser.stopwatch import PAINT, measure_drawing, open_page

STROKES = [{"x": [60, 300], "y": [100, 300]}, {"x": [500, 520], "y": [100, 500]}]


def test_every_lifting_of_the_pen_is_counted_and_the_last_of_a_drawing_is_awaited(
    chromium, served, retriever
):
    page = open_page(chromium, served[0])
    try:
        assert 0 < page.evaluate(PAINT) <= page.evaluate("() => window.stopwatch.interactive")
        looks = []
        encoder = SimpleNamespace(times=[7.0], measure=lambda: looks.append(1))
        figures = measure_drawing(page, [STROKES, STROKES[:1]], encoder)
    finally:
        page.context.close()
    assert (figures["pen_ups"], figures["encoder_ms"], len(looks)) == (3, 7.0, 1)
    assert figures["superseded_share"] in (0, 1 / 3)  # of the first drawing's two strokes, at most the first
    assert 0 < figures["pen_up_to_answer_median_ms"] <= figures["pen_up_to_photos_median_ms"]
