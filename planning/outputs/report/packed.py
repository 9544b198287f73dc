"""A Word file of the same bytes from the same content: no clock, no thumbnail of the template."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from docx.document import Document

FIXED_DATE = datetime(2000, 1, 1, tzinfo=UTC)
"""The date in the properties: a record holds no day, and a clock would change the bytes."""
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_THUMBNAIL = "thumbnail"
_UNIX = 3  # whichever system writes it


def packed(document: Document) -> bytes:
    """The document as a file."""
    package = document.part.package
    for key in [k for k, rel in package.rels.items() if rel.reltype.endswith(_THUMBNAIL)]:
        package.rels.pop(key)
    written, fixed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with (
        zipfile.ZipFile(written) as old,
        zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, date_time=_ZIP_DATE)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, _UNIX
            new.writestr(entry, old.read(name))
    return fixed.getvalue()
