"""The table of who gets what at which route: read, compared, written anew for a reader to check.

`pytest tests/isolation/write_matrix.py` writes matrix.txt as the house behaves; read its changes.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.isolation.walk import Route, ids_for, outcome

TABLE = Path(__file__).with_name("matrix.txt")
# Column → who stands for it. The owner's request is a power of attorney, so the notarial clerk
# is the one whose work it is.
OFFICE = {
    "nobody": ("nobody",),
    "newcomer": ("newcomer",),
    "owner": ("owner",),
    "neighbour": ("neighbour",),
    "decides": ("head", "consul", "vice_consul"),
    "notary": ("notarial_clerk",),
    "others": ("passport_clerk", "student_clerk", "social_clerk"),
    "registry": ("registry_clerk",),
    "counter": ("counter",),
    "cashier": ("cashier",),
    "local": ("local_employee",),
    "supervise": ("supervisor",),
    "admin": ("admin",),
}
MINISTRY = {
    "nobody": ("nobody",),
    "superadmin": ("superadmin",),
    "catalogue": ("catalogue_admin",),
    "inspector": ("inspector",),
}
ELSEWHERE = {"nobody": ("nobody",)}
DOORS_OF_ROLES = ("desk.", "office.", "staff_", "ministry")
OUTCOMES = ("in", "away", "sign-in", "404", "403")
COLUMNS = {"office": OFFICE, "ministry": MINISTRY}
PATH_WIDTH, CELL_WIDTH = 70, 11
PREFACE = """\
# Who gets what at which route, with ids that exist: the owner's request and documents, one's own
# session and passkey, a colleague. Everybody is at home here; the tests add everybody elsewhere.
#
#   in       past the guards (a page, a redirect of the form, a form that wants to be filled in,
#            a conflict with the state that the request is in)
#   away     sent to where such a person belongs (from the account to the registration, back)
#   sign-in  sent to the sign-in page
#   404      as if it did not exist
#   403      refused with words: the person may know of it, but not do this
#
# decides = head, consul, vice_consul; others = the clerks of other groups of services;
# local = local_employee. `pytest tests/isolation/write_matrix.py` writes this file as the house
# behaves: read each changed row before you commit it.
"""
Rows = dict[tuple[str, str], dict[str, str]]


def columns(site: str) -> dict[str, tuple[str, ...]]:
    """Who is asked at a site, by column."""
    return COLUMNS.get(site, ELSEWHERE)


def walkers(route: Route) -> Iterator[tuple[str, str]]:
    """(column, name) of everybody at doors where roles matter, else one for each column."""
    for column, names in columns(route.site).items():
        everybody = names if route.rule.endpoint.startswith(DOORS_OF_ROLES) else names[:1]
        yield from ((column, name) for name in everybody)


def cells(world: Any, somebody: Callable[..., Any], route: Route) -> dict[str, str]:
    """The row of a route as the house behaves; people of one column who differ are both named."""
    home = world.ministry if route.site == "ministry" else world.london
    site = home.slug if route.site in COLUMNS else route.site
    found: dict[str, str] = {}
    for column, name in walkers(route):
        ids = ids_for(route, home, name)
        word = outcome(somebody(name, home, site).knock(route, ids), route)
        if found.setdefault(column, word) != word:
            found[column] += f"/{name}:{word}"
    return found


def read() -> Rows:
    """The table: (site, "GET  /path") → column → expected outcome."""
    rows: Rows = {}
    site, heads = "", []
    for line in TABLE.read_text().splitlines():
        if line.startswith("["):
            site, *heads = line.strip("[").replace("]", " ").split()
        elif line and not line.startswith("#"):
            words = line[PATH_WIDTH:].split()
            rows[site, line[:PATH_WIDTH].rstrip()] = dict(zip(heads, words, strict=True))
    return rows


def write(rows: Rows) -> None:
    """Write the table anew, under the words that explain it."""
    lines = PREFACE.splitlines()
    for site in dict.fromkeys(site for site, _ in rows):
        heads = "".join(f"{column:{CELL_WIDTH}}" for column in columns(site))
        lines += ["", f"[{site}]".ljust(PATH_WIDTH) + heads.rstrip()]
        for (place, name), row in rows.items():
            if place == site:
                words = "".join(f"{row[column]:{CELL_WIDTH - 1}} " for column in columns(site))
                lines.append(f"{name:{PATH_WIDTH}}{words.rstrip()}")
    TABLE.write_text("\n".join(lines) + "\n")
