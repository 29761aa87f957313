"""One name for one thing, by example and by rule."""

import pytest

from tests.data.kit import HEADER
from zsbir.data import canonical_name, name_words, open_dataset
from zsbir.data import names as names_module
from zsbir.data.names import IMAGENET, is_a, kinds_of


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("hot-air_balloon", "hot_air_balloon"),
        ("hot air balloon", "hot_air_balloon"),
        ("car_(sedan)", "car"),
        ("car_side", "car"),
        ("Motorbikes", "motorcycle"),
        ("motorbike", "motorcycle"),
        ("airplanes", "airplane"),
        ("Faces_easy", "face"),
        ("crocodilian", "crocodile"),
        ("crocodile_head", "crocodile"),
        ("rhino", "rhinoceros"),
        ("cellphone", "cell_phone"),
        ("jack-o'-lantern", "jack_o_lantern"),
        ("teddy-bear", "teddy_bear"),
        ("tennis_racquet", "racket"),
        ("wrist-watch", "watch"),
        ("The Eiffel Tower", "eiffel_tower"),
        ("mouse (animal)", "mouse"),
        ("", ""),
    ],
)
def test_one_thing_has_one_name(raw, name):
    assert canonical_name(raw) == name


@pytest.mark.parametrize(
    ("raw", "file", "name"),
    [
        ("mouse", "x/n03793489_mouse.jpg", "computer_mouse"),  # ImageNet's mouse lies beside the keyboard
        ("crane", "photo/crane/val_3.jpg", "crane_machine"),  # Tiny ImageNet's only crane
        ("crane", "crane/n02012849_crane.jpg", "crane_bird"),
        ("Cardigan", "Cardigan/n02113186_Cardigan.jpg", "cardigan_corgi"),
        ("cardigan", "cardigan/n02963159_cardigan.jpg", "cardigan"),
        ("n01514668", "n01514668/train_n01514668_1.jpg", "rooster"),
        ("cock", "cock/n01514668_cock.jpg", "rooster"),
        ("kite", "kite/n01608432_kite.jpg", "kite_bird"),
    ],
)
def test_imagenet_means_other_things_by_some_words(make, raw, file, name):
    assert canonical_name(raw, IMAGENET, file) == name
    manifest = HEADER + f"{file},{raw},photo,,train,somewhere,ImageNet terms: non-commercial research\n"
    assert open_dataset(make({"manifest.csv": manifest})).items[0].category == name


def test_the_tables_of_names_do_not_contradict_themselves():
    aliases = names_module._aliases("aliases.txt")
    for file in ("aliases.txt", "imagenet.txt"):
        listed = [other for _, others in names_module._table(file) for other in others]
        assert len(listed) == len(set(listed)), file
        assert not [name for name, _ in names_module._table(file) if name in aliases], file
    kinds = {name for wider, others in names_module._table("kinds.txt") for name in (wider, *others)}
    for name in kinds | set(aliases.values()):
        assert canonical_name(name) == name
        assert name not in kinds_of(name)  # no circles


def test_kinds_reach_over_several_steps():
    assert kinds_of("robin") == ("songbird", "bird")
    assert is_a("robin", "bird") and is_a("bird", "bird") and not is_a("bird", "robin")
    assert name_words("hot_air_balloon") == "hot air balloon"
