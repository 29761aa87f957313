"""Which files a gallery's repository gets, which it does not, and what its card says of licences."""

import json
import shutil
from dataclasses import asdict, replace

import numpy as np
import pytest
from huggingface_hub import DatasetCard

from tests.hub.test_push_gallery import PHOTOS, add_index, zoo  # noqa: F401 - a fixture
from zsbir.errors import GalleryError
from zsbir.gallery import Photo, load_gallery, write_photos
from zsbir.hub.reference import Reference
from zsbir.index.approximate import Description
from zsbir.index.calibration import Calibration, Names, save_calibration
from zsbir.index.sidecar import Sidecar, digest_contents
from zsbir.index.vectors import digest
from zsbir.publishing.gallery import pack_gallery
from zsbir.publishing.licences import hub_name

TO = Reference("user/zoo", kind="dataset")
IDS = [photo.id for photo in PHOTOS]


def pack(home):
    return pack_gallery(load_gallery(home), TO)


def test_indexes_that_are_broken_or_of_other_photos_stay_here(zoo):  # noqa: F811
    add_index(zoo, "old", IDS[:2])
    add_index(zoo, "torn", IDS, vectors=b"other vectors")
    add_index(zoo, "half", IDS)
    (zoo / "index" / "half" / "photos.faiss").unlink()
    parcel = pack(zoo)
    assert [item.path for item in parcel.files if item.path.startswith("index/")] == [
        "index/plain/photos.faiss",
        "index/plain/photos.json",
    ]
    assert parcel.left_out == {
        "index/half": "it is not complete",
        "index/old": "it is not of these photos; build it again with --checkpoint old",
        "index/torn": "its vectors are damaged",
    }


def calibrate(home, index=None):
    """Learn nothing, but write it down as if it had been learnt."""
    folder = home / "index" / "plain"
    sidecar = Sidecar.from_bytes((folder / "photos.json").read_bytes())
    names = Names(("cat",), ("moon", "harp"), np.eye(3, dtype=np.float32))
    index = index or digest_contents(sidecar)
    save_calibration(Calibration(index=index, weight=1.0, bias=0.0, names=names), folder)
    return folder


def test_a_calibration_goes_with_its_index(zoo):  # noqa: F811
    calibrate(zoo)
    parcel = pack(zoo)
    calibration = {"index/plain/fits.json", "index/plain/fits.safetensors"}
    assert calibration <= {item.path for item in parcel.files}
    assert calibration <= parcel.leaders
    assert all(map(parcel.is_ours, calibration))
    assert parcel.left_out == {}


def test_a_calibration_of_other_photos_or_a_damaged_one_stays_here(zoo):  # noqa: F811
    calibrate(zoo, index="sha256:of photos that are gone")
    (reason,) = pack(zoo).left_out.items()
    assert reason[0] == "index/plain/fits.json" and reason[1].startswith("it was learnt of other photos")
    (calibrate(zoo) / "fits.safetensors").write_bytes(b"torn")
    parcel = pack(zoo)
    assert "delete it" in parcel.left_out["index/plain/fits.json"]
    assert not [item.path for item in parcel.files if "fits." in item.path]


def test_what_the_indexes_left_out_as_unreadable_stays_here_and_is_told(zoo):  # noqa: F811
    shutil.rmtree(zoo / "index")
    add_index(zoo, "plain", IDS[1:], skipped=IDS[:1])
    parcel = pack(zoo)
    assert parcel.left_out == {PHOTOS[0].file: "the index left it out. It is no picture."}
    sent = {item.path: item.content for item in parcel.items}
    assert PHOTOS[0].file not in sent and PHOTOS[0].file not in sent["metadata.csv"].decode()
    sidecar = Sidecar.from_bytes(sent["index/plain/photos.json"])
    assert list(sidecar.photos) == IDS[1:] and sidecar.skipped == {}  # as if it had never been there
    add_index(zoo, "later", IDS)  # could read it: it has been mended since
    assert pack(zoo).left_out == {} and PHOTOS[0].file in {item.path for item in pack(zoo).items}


def test_the_approximate_file_goes_with_its_index_if_it_fits(zoo):  # noqa: F811
    folder = zoo / "index" / "plain"
    made_of = Sidecar.from_bytes((folder / "photos.json").read_bytes()).vectors
    told = Description(vectors=made_of, recall=0.99, type="IVF", digest=digest([b"lists"]))
    (folder / "photos.approximate.json").write_text(json.dumps(asdict(told)))
    (folder / "photos.approximate.faiss").write_bytes(b"lists")
    files = {"index/plain/photos.approximate.faiss", "index/plain/photos.approximate.json"}
    parcel = pack(zoo)
    assert files <= parcel.leaders and all(map(parcel.is_ours, files)) and parcel.left_out == {}
    (folder / "photos.approximate.faiss").write_bytes(b"torn")
    parcel = pack(zoo)
    assert not files & parcel.leaders
    assert parcel.left_out == {
        "index/plain/photos.approximate.faiss": "it is damaged, or was made of other vectors"
    }


def test_the_folder_of_this_machine_is_not_told(zoo, tmp_path):  # noqa: F811
    home = tmp_path / "mine"
    home.mkdir()
    (home / "gallery.json").write_text(json.dumps({"root": str(zoo)}))
    write_photos(home / "photos.csv", PHOTOS)
    parcel = pack(home)
    assert parcel.left_out == {"gallery.json": "it names a folder of this machine"}
    everything = b"".join(item.content for item in parcel.files if isinstance(item.content, bytes))
    assert str(tmp_path).encode() not in everything


@pytest.mark.parametrize(
    ("photos", "sentence"),
    [
        ([], "has no photos; there is nothing to push"),
        ([*PHOTOS, Photo("gone", "photos/gone.jpg", "cat")], "1 photos of gallery 'zoo' are missing"),
        ([*PHOTOS, Photo("odd", "photos/\udcff.jpg", "cat")], r"1 photos .* no UTF-8 .*photos/\\udcff.jpg"),
        ([replace(PHOTOS[0], credit="Jos\udce9")], "1 photos .* have names or notes that are no UTF-8 text"),
        ([*PHOTOS, Photo("git", "photos/.git/one.jpg", "cat")], "cannot name 1 photos"),
    ],
)
def test_what_cannot_be_pushed(zoo, photos, sentence):  # noqa: F811
    for photo in photos:
        if photo.id != "gone":
            (zoo / photo.file).parent.mkdir(exist_ok=True)
            (zoo / photo.file).touch()
    write_photos(zoo / "photos.csv", photos)
    with pytest.raises(GalleryError, match=sentence):
        pack(zoo)


@pytest.mark.parametrize(
    ("licence", "name"),
    [
        ("CC-BY-3.0", "cc-by-3.0"),
        ("CC BY 4.0", "cc-by-4.0"),
        ("GPL-2.0-or-later", "gpl-2.0"),
        ("CC-BY-3.0-US", "other"),
        ("ask me", "other"),
        ("", "unknown"),
    ],
)
def test_licences_have_the_hubs_names(licence, name):
    assert hub_name(licence) == name


def test_pushed_on_a_photo_without_a_licence_stays_one(zoo):  # noqa: F811
    write_photos(zoo / "photos.csv", [replace(photo, licence="unknown") for photo in PHOTOS])
    parcel = pack(zoo)
    assert DatasetCard(parcel.card).data.license == "unknown"
    assert parcel.notes == (
        "3 of 3 photos name no licence, and the card says so; publish them only if you may.",
    )


def test_one_licence_is_no_list_and_needs_no_advice(zoo):  # noqa: F811
    photos = [Photo(photo.id, photo.file, "", licence="Ask-Me") for photo in PHOTOS]
    write_photos(zoo / "photos.csv", photos)
    parcel = pack(zoo)
    facts = DatasetCard(parcel.card).data.to_dict()
    assert (facts["license"], facts["license_name"]) == ("other", "ask-me") and parcel.notes == ()
    assert facts["configs"][0]["data_files"][0]["path"] == ["metadata.csv", "**/*.PNG", "**/*.jpg"]
    assert facts["size_categories"] == "n<1K" and "No maker is named." in parcel.card


def test_photos_that_an_own_table_names_are_ours_and_others_are_not(zoo):  # noqa: F811
    parcel = pack(zoo)
    own = {item.path: item.content for item in parcel.items}["metadata.csv"]
    assert parcel.read_inventory(own) == {photo.file for photo in PHOTOS}
    for foreign in (b"file_name,text\none.jpg,a cat\n", b"\xff\xfe", b""):
        assert parcel.read_inventory(foreign) == set()
    assert parcel.is_ours("index/old/photos.faiss") and not parcel.is_ours("photos/cat/one.jpg")
