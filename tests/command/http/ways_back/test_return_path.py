"""A way back from a provider stays on this site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout_command.http.ways_back.return_path import PATH_MAX_CHARS, return_path, with_parameter


@pytest.mark.parametrize(
    "back",
    [
        "/",
        "/events/abc",
        "/events/abc?view=people&x=%20",
        "/you#ways-back",
        "/a//b",
        "/%5Cx.example",
        "/?to=https://x.example",
    ],
)
def test_a_page_of_this_site_is_the_way_back(back: str) -> None:
    assert return_path(back, "") == back


@pytest.mark.parametrize(
    "back",
    [
        None,
        "",
        "events",
        "https://x.example/",
        "//x.example",
        "/\\x.example",
        "\\\\x.example",
        "/\t/x.example",
        "/\n/x.example",
        " //x.example",
        "/ /x.example",
        "/\x00",
        "/\r\nSet-Cookie: a=b",
        "/ev\\ents",
        "/événements",
        "javascript:alert(1)",
        "/" + "a" * PATH_MAX_CHARS,
    ],
)
def test_all_else_leads_to_the_first_page(back: str | None) -> None:
    assert (return_path(back, ""), return_path(back, "/turnout")) == ("/", "/turnout/")


@pytest.mark.parametrize(
    ("back", "path"),
    [
        ("/turnout/", "/turnout/"),
        ("/turnout/you?a=1", "/turnout/you?a=1"),
        ("/turnout/a/../b", "/turnout/a/../b"),
        ("/turnout?a=1", "/turnout?a=1"),
        ("/", "/turnout/"),
        ("/turnouts/", "/turnout/"),
        ("/other/turnout/", "/turnout/"),
        ("/turnout/../other", "/turnout/"),
        ("/turnout/a/%2e%2E/../other", "/turnout/"),
        ("/turnout/./../other", "/turnout/"),
    ],
)
def test_the_way_back_stays_below_the_base_path(back: str, path: str) -> None:
    assert return_path(back, "/turnout") == path


@given(st.text(alphabet=st.sampled_from("/\\.\t\n :@?#x%2e"), max_size=12))
def test_the_way_back_begins_with_one_slash(back: str) -> None:
    path = return_path(back, "")
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path.isprintable()
    assert "\\" not in path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "/?sign-in=failed"),
        ("/you#top", "/you?sign-in=failed#top"),
        ("/?a=1&b=", "/?a=1&b=&sign-in=failed"),
        ("/?sign-in=failed&a=%20", "/?a=+&sign-in=failed"),
    ],
)
def test_a_parameter_is_added_once(path: str, expected: str) -> None:
    assert with_parameter(path, "sign-in", "failed") == expected
