"""Draws by a hash: the benchmark's galleries, held-out categories and instances all hang on them."""

from zsbir.data.lots import lot, lot_share


def test_draws_are_the_same_everywhere_and_for_ever():
    """Another order would change which pictures stand behind every number that was ever reported."""
    assert sorted(("fan", "camel", "guitar", "bench"), key=lot) == ["bench", "camel", "guitar", "fan"]
    assert lot("fan").hex().startswith("e29a")
    assert lot_share("chairs_v2#7") == 0.8162245723158356


def test_shares_are_spread_evenly():
    shares = [lot_share(str(number)) for number in range(2000)]
    assert 0 <= min(shares) < 0.01 and 0.99 < max(shares) < 1
    assert 600 < sum(share < 1 / 3 for share in shares) < 733
