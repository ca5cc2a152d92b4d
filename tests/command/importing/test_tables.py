"""Tables of spreadsheets as rows."""

from typing import Any, Final

import pytest

from command.importing.test_calendars import read, starts

DRAFT: Final = {"title": "Games", "starts": "2027-01-15T19:30:00", "zone": "Europe/Vienna", "place": "Room 2"}


@pytest.mark.parametrize(
    "file",
    [
        b"title,starts,place\nGames,2027-01-15T19:30,Room 2\n",
        b"Place;Title;Start\r\nRoom 2;Games;15.01.2027 19:30\r\n",
        b'\xef\xbb\xbfLocation\tSubject\tStart Date\tStart Time\n"Room 2"\tGames\t2027-01-15\t7:30 PM\n',
        b"sep=;\r\nTITEL;Datum;Uhrzeit;Ort\r\nGames;15.1.2027;19:30;Room 2",
        "title,starts,place\nGames,2027-01-15 19:30,Room 2".encode("utf-16"),
        b"\n\ntitle|starts|place|unknown\n\nGames|1/15/2027 19:30:00|Room 2|x\n\n",
        b"title,starts,place,zone\nGames,2027-01-15T19:30,Room 2,Europe/Vienna",
    ],
)
def test_forms_of_one_table(file: bytes) -> None:
    (row,) = read(file).rows
    assert (row.draft, row.errors) == (DRAFT, ())


def test_all_columns() -> None:
    file = (
        b"title,starts,ends,zone,description,link,tags,capacity,visibility\n"
        b'"Say ""hi""",2027-01-15 19:30,21:30,Asia/Tokyo,"two\nlines",play.example,"Games; Fun",12,unlisted\n'
    )
    (row,) = read(file).rows
    assert row.draft == {
        "title": 'Say "hi"', "starts": "2027-01-15T19:30:00", "ends": "2027-01-15T21:30:00", "zone": "Asia/Tokyo",
        "description": "two\nlines", "link": "https://play.example/", "tags": ["games", "fun"], "capacity": 12,
        "visibility": "unlisted",
    } | {"link": row.draft and row.draft["link"]}  # fmt: skip
    assert row.draft["link"].startswith("https://play.example")


@pytest.mark.parametrize(
    ("columns", "cells", "expected"),
    [
        ("starts", "2027-01-15", ("2027-01-15T00:00", None, True)),
        ("starts,ends", "2027-01-15,2027-01-17", ("2027-01-15T00:00", "2027-01-18T00:00", True)),  # the last day
        ("starts,ends", "2027-01-15,2027-01-15", ("2027-01-15T00:00", "2027-01-16T00:00", True)),
        ("date,end date", "15.1.2027,31.1.2027", ("2027-01-15T00:00", "2027-02-01T00:00", True)),
        ("date,time,end date", "2027-01-15,,2027-01-16", ("2027-01-15T00:00", "2027-01-17T00:00", True)),
        ("starts,ends", "2027-01-15,21:30", ("2027-01-15T00:00", "2027-01-15T21:30", False)),
        ("starts,ends", "2027-01-15 00:00,2027-01-16", ("2027-01-15T00:00", "2027-01-16T00:00", False)),
        ("date,time", "2027-01-15,0:00", ("2027-01-15T00:00", None, False)),
    ],
)
def test_dates_alone_make_an_event_of_whole_days(
    columns: str, cells: str, expected: tuple[str, str | None, bool]
) -> None:
    (row,) = read(f"title,{columns}\nFair,{cells}\n".encode()).rows
    draft: dict[str, Any] = row.draft or {}
    found = draft["starts"][:16], draft.get("ends", "")[:16] or None, draft.get("all_day", False)
    assert found == expected, row


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("2027-01-15,2027-01-14", "must be after the start"),
        ("2027-01-15,2027-02-15", "must be within 31 days of the start"),
        ("2027-01-15,9999-12-31", "must lie between the years 2000 and 2100"),
        ("2026-11-28,2026-11-30", "must not be in the past"),
    ],
)
def test_days_that_no_event_has_are_refused(cells: str, message: str) -> None:
    (row,) = read(f"title,starts,ends\nFair,{cells}\n".encode()).rows
    assert [each.message for each in row.errors] == [message]


def test_an_event_of_today_is_not_past() -> None:
    assert starts(read(b"title,starts\nFair,2026-11-29\n")) == ["2026-11-29T00:00"]


def test_formulas_are_text() -> None:
    (row,) = read(b'title,starts\n"=HYPERLINK(""http://x.example"")",2027-01-15\n').rows
    assert row.title == '=HYPERLINK("http://x.example")'


def test_latin_1() -> None:
    assert read("title;starts\nKäse;2027-01-15\n".encode("latin-1")).rows[0].title == "Käse"


def test_dates_with_slashes_need_one_meaning() -> None:
    assert starts(read(b"title,starts\nA,02/01/2027\nB,13/01/2027\n")) == ["2027-01-02T00:00", "2027-01-13T00:00"]
    assert starts(read(b"title,starts\nA,02/01/2027\nB,01/13/2027\n")) == ["2027-02-01T00:00", "2027-01-13T00:00"]
    assert starts(read(b"title,starts\nA,02/01/2027\n")) == ["may mean two days: write 02/01/2027 as in 2026-11-27"]


@pytest.mark.parametrize(
    ("row", "field", "message"),
    [
        ("Games,soon,", "starts", "must be a local time such as 2026-11-27 19:30, with no offset"),
        ("Games,2027-01-15T19:30Z,", "starts", "must be a local time such as 2026-11-27 19:30, with no offset"),
        ("Games,2020-01-15,", "starts", "must not be in the past"),
        ("Games,,", "starts", "is required"),
        (",2027-01-15,", "title", "is required"),
        ("Games,2027-01-15,many", "capacity", "must be a whole number from 1 to 100,000"),
        (f"{'x' * 121},2027-01-15,", "title", "must be at most 120 characters (this one has 121)"),
        ('"Games" x,2027-01-15,', "", "A quotation mark is not closed or not alone, so this part cannot be read."),
    ],
)
def test_a_broken_row_has_an_error_and_the_others_are_read(row: str, field: str, message: str) -> None:
    broken, whole = read(f"title,starts,capacity\n{row}\nChess,2027-01-15,3\n".encode()).rows
    assert (broken.source, broken.errors[0].field, broken.errors[0].message) == ("line 2", field, message)
    assert (whole.source, whole.title, whole.errors) == ("line 3", "Chess", ())


def test_an_open_quotation_mark_keeps_the_rows_before_it() -> None:
    whole, broken = read(b'title,starts\nGames,2027-01-15\n"Chess,2027-01-15\nGo,2027-01-15\n').rows
    assert (whole.title, broken.source, broken.draft) == ("Games", "line 3", None)


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (b"", "The file is empty."),
        (b" \n \n", "The file is empty."),
        (b"title,starts\n", "The table has no rows."),
        (b"title,starts\n" + b"," * 500_000, "The table has no rows."),
        (b"\x89PNG\r\n\x1a\n\0\0", "This is neither a calendar file nor a table with title and start."),
        (b"Games,2027-01-15\n", "This is neither a calendar file nor a table with title and start."),
        (b"title,starts\n" + b"A,2027-01-15\n" * 501, "Only the first 500 rows are here. Import the others apart."),
    ],
)
def test_problems_of_the_file(file: bytes, problem: str) -> None:
    assert read(file).problems[0].startswith(problem)
