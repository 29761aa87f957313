"""What is suggested where a gallery has no category of a name."""

import pytest

from zsbir.data import canonical_name
from zsbir.data.names import is_a
from zsbir.names import near_names, shared_name

KNOWN = ["armchair", "bike", "couch", "dog", "frog", "mug", "saw", "sock"]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("sofa", ["couch"]),  # by spelling it would be "sock" or "saw"
        ("Sofa", ["couch"]),
        ("loveseat", ["couch"]),
        ("bicycle", ["bike"]),
        ("chair", ["armchair"]),
        ("dalmatian", ["dog"]),
        ("forg", ["frog"]),
        ("zzz", []),
    ],
)
def test_the_same_thing_then_its_kin_then_the_spelling(asked, meant):
    assert near_names(asked, KNOWN)[:1] == meant


def test_names_and_kinds_are_those_that_training_goes_by():
    names = ["bike", "sofa", "ufo", "frog", "hot_air_baloon", "nothing of the kind"]
    assert [shared_name(name) for name in names[:-1]] == [canonical_name(name) for name in names[:-1]]
    for asked, wider in (("dalmatian", "dog"), ("loveseat", "couch")):
        assert is_a(asked, wider)
        assert near_names(asked, [wider, "frog"]) == [wider]
