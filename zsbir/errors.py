"""Everything zsbir raises on purpose, so that callers catch one name.

* ZSBIRError
  - DrawingError         the drawing cannot be read, or nothing has been drawn
  - ImageError           a picture cannot be opened safely
  - BackboneError        the frozen CLIP cannot be loaded
  - CheckpointError      weights and config do not belong together
  - GalleryError         photos or their table are missing or broken
    + IndexMismatchError the index was built by other weights or for other photos
    + GalleryBusyError   another process is at the same index
  - HubError             the Hugging Face Hub cannot give what was asked for
  - DataError            a training or evaluation dataset cannot be read
  - LendingError         ZeroGPU lends no GPU now
  - SupersededError      a newer question of the same visitor came first

Every message is one sentence that says what is wrong, and what to do about it.
"""


class ZSBIRError(Exception):
    """Base of all errors that zsbir raises on purpose."""


class DrawingError(ZSBIRError):
    """The drawing cannot be read, or nothing has been drawn."""


class ImageError(ZSBIRError):
    """A picture cannot be opened safely."""


class BackboneError(ZSBIRError):
    """The frozen CLIP cannot be loaded."""


class CheckpointError(ZSBIRError):
    """Weights and config do not belong together."""


class GalleryError(ZSBIRError):
    """Photos or their table are missing or broken."""


class IndexMismatchError(GalleryError):
    """The index was built by other weights or for other photos."""


class GalleryBusyError(GalleryError):
    """Another process is at the same index."""


class HubError(ZSBIRError):
    """The Hugging Face Hub cannot give what was asked for."""


class DataError(ZSBIRError):
    """A training or evaluation dataset cannot be read."""


class LendingError(ZSBIRError):
    """ZeroGPU lends no GPU now."""


class SupersededError(ZSBIRError):
    """A newer question of the same visitor came first."""
