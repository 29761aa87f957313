"""Named byte strings out of a folder or a zip, alike for both."""

import os
import zipfile
import zlib
from pathlib import Path
from typing import Protocol

from zsbir.errors import DataError

# A picture or a file of drawings beyond this is no honest member of a dataset; it would only fill the memory.
MAX_MEMBER_BYTES = 512 * 1024 * 1024

# zipfile's own, a file that cannot be read, a truncated member, an encrypted one, an unknown compression,
# a position outside the file, and a broken stream
_UNZIP_ERRORS = (
    zipfile.BadZipFile,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    zlib.error,
)


class Storage(Protocol):
    """What a dataset needs from the place where its files lie; safe to read from several threads."""

    def names(self) -> list[str]:
        """Return every file's path inside the storage, posix style, sorted."""
        ...

    def read(self, name: str) -> bytes:
        """Return one file's bytes, or raise `DataError`."""
        ...


class FolderStorage:
    """Files below one folder; hidden files and folders are not part of it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> list[str]:
        """Return every file's path below the folder, posix style, sorted."""
        paths = (path.relative_to(self._root) for path in self._root.rglob("*") if path.is_file())
        return sorted(path.as_posix() for path in paths if not _is_hidden(path.as_posix()))

    def read(self, name: str) -> bytes:
        """Return one file's bytes.

        Raises:
            DataError: The file is missing, unreadable, too big, or lies outside the folder.
        """
        path = self._root / name
        # A manifest is input: "../../etc/passwd" in it must not be followed.
        if not path.resolve().is_relative_to(self._root.resolve()):
            raise DataError(f"{name} lies outside the dataset {self._root}; correct its manifest.csv.")
        try:
            _check_size(name, path.stat().st_size)
            return path.read_bytes()
        except OSError as error:
            raise DataError(f"{name} cannot be read from {self._root}: {error.strerror}.") from error


class ZipStorage:
    """Members of one zip file, read in place.

    One open handle serves all threads of a process, since `zipfile` locks each read. A forked worker
    opens its own: a handle shared over a fork would also share the position in the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._archive: zipfile.ZipFile | None = None
        self._owner = -1
        self._open()

    def __getstate__(self) -> dict[str, Path]:
        return {"_path": self._path}

    def __setstate__(self, state: dict[str, Path]) -> None:
        self.__init__(state["_path"])

    def names(self) -> list[str]:
        """Return every member's name, sorted; folders and hidden files left out."""
        infos = self._open().infolist()
        return sorted(info.filename for info in infos if not info.is_dir() and not _is_hidden(info.filename))

    def read(self, name: str) -> bytes:
        """Return one member's bytes.

        Raises:
            DataError: There is no such member, it is damaged, encrypted or too big.
        """
        archive = self._open()
        try:
            _check_size(name, archive.getinfo(name).file_size)
            return archive.read(name)
        except KeyError as error:
            raise DataError(f"{name} is named in the manifest but missing in {self._path}.") from error
        except _UNZIP_ERRORS as error:
            raise DataError(f"{name} in {self._path} is damaged or cannot be unpacked: {error}.") from error

    def _open(self) -> zipfile.ZipFile:
        if self._archive is None or self._owner != os.getpid():
            try:
                self._archive = zipfile.ZipFile(self._path)
            except (zipfile.BadZipFile, OSError) as error:
                raise DataError(f"{self._path} is not a readable zip file: {error}.") from error
            self._owner = os.getpid()
        return self._archive


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _check_size(name: str, size: int) -> None:
    if size > MAX_MEMBER_BYTES:
        raise DataError(
            f"{name} has {size >> 20} MB; a dataset's files may have {MAX_MEMBER_BYTES >> 20} MB at most."
        )
