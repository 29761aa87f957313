"""Two processes that make one gallery: one waits for the other."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from tests.gallery.kit import IMAGE, cell, write_parquet
from zsbir.errors import GalleryError
from zsbir.gallery import make_gallery

MAKING = """
import sys
from zsbir.gallery import Wishes, create, make_gallery
write_photos = create.write_photos
def slowly(path, photos):
    print("has read its photos", flush=True)
    sys.stdin.readline()
    write_photos(path, photos)
create.write_photos = slowly
make_gallery("made", sys.argv[1], Wishes(limit=1))
"""


@pytest.fixture
def table(tmp_path):
    pytest.importorskip("pyarrow")
    return write_parquet(
        tmp_path / "table.parquet", {"image": [cell(red) for red in range(6)]}, {"image": IMAGE}
    )


@pytest.fixture
def other(table):
    """Another process, which takes a single photo and is told when to write that down."""
    with subprocess.Popen(
        [sys.executable, "-c", MAKING, str(table)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "has read its photos\n"
        yield process
        process.kill()


def test_what_one_keeps_is_not_swept_away_by_the_other(table, other, caplog):
    with ThreadPoolExecutor() as pool:
        making = pool.submit(make_gallery, "made", table)
        while "Another process is making gallery 'made'; waiting for it." not in caplog.text:
            assert not making.done()
        assert not wait([making], timeout=0.3).done
        other.communicate("go on\n", timeout=60)
        gallery = making.result(60).gallery
    assert len(gallery.photos) == 6 and all(gallery.path(photo).is_file() for photo in gallery.photos)


def test_a_source_that_cannot_be_used_leaves_no_folder_behind(home, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(GalleryError, match="There are no photos in"):
        make_gallery("none", tmp_path / "empty")
    assert not (home / "none").exists()
