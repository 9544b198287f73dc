"""Addresses of tables in PostGIS, written in a study where a file could stand.

``postgis://[user@][host[:port]]/[database]?table=[schema.]table[&geometry=column][&service=name]``,
with %XX for what would be misread. What is left out is left to libpq: PGHOST, PGSERVICE, a service
file, ~/.pgpass. There is no place for a password, and an address that is not understood is never
shown, for nobody knows what is in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from planning.errors import InputError, fail

FORM = "postgis://user@host:port/database?table=schema.table"

_USUAL_SCHEMA = "public"
_BEGINS = re.compile(r"[a-z][\w+.-]+://|\bPG:", re.IGNORECASE)
_ADDRESS = re.compile(
    r"postgis://(?:(?P<user>(?!.*%3[aA].*@)[^\s:/?#@]+)@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/?#@\[\]]*)(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/(?P<dbname>[^\s:/?#@]*))?\?(?P<asked>[^#]+)"
)
_ASKED = re.compile(r"(table|geometry|service)=([^&]+)")
_TABLE = re.compile(r"[^.]+(\..+)?")
_HAS_PASSWORD = re.compile(
    r".*//[^@?]*(:|%3a)[^@]*@.*|.*passw(or)?d\s*=.*", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAddress:
    """One table or view; `server` is what libpq is told of its server, as (keyword, value)."""

    server: tuple[tuple[str, str], ...]
    schema: str
    table: str
    geometry: str | None = None

    @property
    def name(self) -> str:
        """The table with its schema, as a person says it."""
        return f"{self.schema}.{self.table}"


def address_of(path: str, where: str) -> TableAddress | None:
    """The table a study names; None for the path of a file.

    Raises InputError, without showing the address, where it has a password or is none of ours.
    """
    text = path.strip()
    if not _BEGINS.match(text):
        return None
    parts = _ADDRESS.fullmatch(text)
    asked = None if parts is None else _asked(parts["asked"])
    if parts is None or asked is None:
        raise _refused(where, has_password=_HAS_PASSWORD.fullmatch(text) is not None)
    # The first dot parts the two; a dot in the name of a schema is %2E.
    schema, dot, table = asked["table"].partition(".")
    if not dot:
        schema, table = _USUAL_SCHEMA, schema
    told = {
        "service": asked.get("service"),
        "user": parts["user"],
        "host": parts["host"].strip("[]"),
        "port": parts["port"],
        "dbname": parts["dbname"],
    }
    geometry = asked.get("geometry")
    return TableAddress(
        server=tuple((word, unquote(value)) for word, value in told.items() if value),
        schema=unquote(schema),
        table=unquote(table),
        geometry=None if geometry is None else unquote(geometry),
    )


def _asked(text: str) -> dict[str, str] | None:
    """What stands behind the question mark; None where it is not what we know, each once."""
    pairs = [_ASKED.fullmatch(part) for part in text.split("&")]
    found = {pair[1]: pair[2] for pair in pairs if pair is not None}
    understood = len(found) == len(pairs) and _TABLE.fullmatch(found.get("table", ""))
    return found if understood else None


def without_addresses(text: str) -> str:
    """A text to be shown, cut short where an address begins, for a password may be in it."""
    begin = _BEGINS.search(text)
    return text if begin is None else f"{text[: begin.end()]}…"


def _refused(where: str, *, has_password: bool) -> Exception:
    if has_password:
        return fail(
            InputError,
            where,
            found=("写有口令的数据库地址", "an address with a password in it"),
            expected=(f"不含口令的 {FORM}", f"{FORM}, without one"),
            to_do=(
                "删去口令并更换它，改写在 ~/.pgpass、PGPASSWORD 或 libpq 服务文件中",
                "take the password out and change it; it belongs into ~/.pgpass, PGPASSWORD or a "
                "service file of libpq",
            ),
        )
    return fail(
        InputError,
        where,
        found=("看不懂的数据库地址（不予显示）", "an address not understood (nor shown)"),
        expected=(
            f"{FORM}，另可加 &geometry=列名、&service=服务名",
            f"{FORM}, perhaps with &geometry=column and &service=name",
        ),
        to_do=("照此改写，特殊字符写作 %XX", "write it so, odd characters as %XX"),
    )
