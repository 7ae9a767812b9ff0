"""A service made up on the spot: one file in a folder of its own, nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask

from core.catalogue import reader
from core.catalogue.definition import Definition
from core.requests.definitions import FOLDER

CODE = "bicycle-letter"
PROFILE = {
    "first_name_fa": "آرش",
    "last_name_fa": "نیک‌سرشت",
    "first_name_en": "ARASH",
    "last_name_en": "NIKSERESHT",
    "father_name_fa": "بهرام",
    "birth_date": "1988-05-14",
    "gender": "male",
    "mobile_abroad": "+447400123456",
}
TEXT = """
code = "bicycle-letter"
ref = "G99"
version = 1
group = "G"
title = { fa = "نامه دوچرخه", en = "Bicycle letter" }
summary = { fa = "نامه برای بردن دوچرخه", en = "A letter for taking a bicycle along" }
description = { fa = "نامه‌ای برای گمرک", en = "A letter for the customs" }
result = { fa = "نامه", en = "The letter" }
duration = { fa = "دو روز کاری", en = "Two working days" }
synonyms = ["چرخ", "bike"]
who = ["self"]
blocks = ["A", "D"]

[flow]
name = "V"
visit = false
originals = false

[[eligibility]]
key = "own"
text = { fa = "دوچرخه از آن شماست.", en = "The bicycle is yours." }
stop_when = { field = "own_bicycle", is = false }
told = { fa = "تنها صاحب دوچرخه می‌تواند درخواست دهد.", en = "Only the owner can file this." }

[[sections]]
key = "bicycle"
title = { fa = "دوچرخه", en = "The bicycle" }

[[sections.fields]]
key = "own_bicycle"
type = "yesno"
label = { fa = "دوچرخه از آن شماست؟", en = "Is the bicycle yours?" }

[[sections.fields]]
key = "colour"
type = "text"
max = 30
label = { fa = "رنگ", en = "Colour" }

[[sections.fields]]
key = "bought_on"
type = "date"
not_after = "today"
label = { fa = "تاریخ خرید", en = "Bought on" }

[[sections.fields]]
key = "kind"
type = "choice"
label = { fa = "نوع", en = "Kind" }
options = [
    { key = "city", fa = "شهری", en = "City" },
    { key = "racing", fa = "مسابقه", en = "Racing" },
]

[[sections.fields]]
key = "team"
type = "text"
when = { field = "kind", is = "racing" }
label = { fa = "نام تیم", en = "Team" }

[[sections]]
key = "riders"
title = { fa = "سواران", en = "Riders" }

[[sections.fields]]
key = "riders"
type = "group"
min = 1
max = 3
item = { fa = "سوار", en = "Rider" }
label = { fa = "سواران", en = "Riders" }
fields = [
    { key = "rider_name", type = "text", label = { fa = "نام", en = "Name" } },
    { key = "rider_id", type = "national_id", required = false, label = { fa = "کد", en = "ID" } },
]

[[documents]]
code = "OTHER"
key = "bill"
title = { fa = "فاکتور دوچرخه", en = "The bicycle's bill" }
min = 1
max = 2

[[samples]]
key = "plain"
kind = "plain"
title = { fa = "ساده", en = "Plain" }
[samples.answers]
own_bicycle = true
colour = "سبز"
bought_on = "2024-03-20"
kind = "city"
riders = [{ rider_name = "آرش" }]

[[samples]]
key = "team"
kind = "complicated"
title = { fa = "تیم", en = "A team" }
[samples.answers]
own_bicycle = true
colour = "green"
bought_on = "2025-01-02"
kind = "racing"
team = "Rose"
riders = [{ rider_name = "آرش", rider_id = "0013542419" }, { rider_name = "Ali" }]

[[samples]]
key = "foreign"
kind = "refused"
title = { fa = "امانت", en = "Borrowed" }
stop = "own"
[samples.answers]
own_bicycle = false
colour = "red"
bought_on = "2025-01-02"
kind = "city"
riders = [{ rider_name = "آرش" }]
"""


@contextmanager
def offered(app: Flask, text: str = TEXT, code: str = CODE) -> Iterator[Definition]:
    """The office offers this service and no other."""
    with TemporaryDirectory() as folder:
        (Path(folder) / f"{code}.toml").write_text(text)
        before = app.config.get(FOLDER, reader.FOLDER)
        app.config[FOLDER] = Path(folder)
        try:
            yield reader.load_all(Path(folder))[code]
        finally:
            app.config[FOLDER] = before


def sample(definition: Definition, key: str):
    """One of its samples."""
    return next(item for item in definition.samples if item.key == key)


@pytest.fixture
def service(app: Flask) -> Iterator[Definition]:
    """It is offered while a test runs."""
    with offered(app) as definition:
        yield definition
