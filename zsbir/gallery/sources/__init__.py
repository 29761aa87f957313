"""What a gallery can be made of: folders of photos, parquet files, and datasets of the Hub."""

from zsbir.gallery.sources.reading import Reading, Wishes, read_source

__all__ = ["Reading", "Wishes", "read_source"]
