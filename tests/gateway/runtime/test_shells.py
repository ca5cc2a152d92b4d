"""The shell comes from a file or from the edge, and is always the present one."""

from pathlib import Path

import pytest
from index_page import INDEX, IndexServer

from turnout_gateway.runtime.shells import EdgeShell, FileShell


async def test_a_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "index.html"
    shells = FileShell(file, "/below")
    assert await shells.find(None) is None
    file.write_text(INDEX)
    first = await shells.find(None)
    assert first is not None
    assert b'<base href="/below/"' in first.plain
    assert await shells.find(None) is first
    file.write_text(INDEX.replace("index-abc", "index-abcdef"))
    second = await shells.find(None)
    assert second is not None
    assert b"index-abcdef" in second.plain
    assert first.version != second.version


async def test_a_file_that_is_no_page_of_ours_is_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "index.html"
    file.write_text("<title>Another</title>")
    assert await FileShell(file).find(None) is None
    assert "index.html lacks a title" in caplog.text


async def test_an_edge_is_asked_once_for_each_version(index: IndexServer) -> None:
    now_s = 0.0
    shells = EdgeShell(index.url, "", lambda: now_s)
    assert await shells.find("1") is await shells.find("1")
    assert index.requests == 1
    for _ in range(3):
        assert await shells.find("2") is None
    assert index.requests == 2, "soon after an answer that did not fit, it is not asked again"
    index.version, now_s = "2", 2.0
    found = await shells.find("2")
    assert found is not None
    assert found.version == "2"


async def test_an_edge_that_names_no_version_is_asked_again_after_a_while(index: IndexServer) -> None:
    now_s = 0.0
    shells = EdgeShell(index.url, "", lambda: now_s)
    for at_s, requests in ((0.0, 1), (1.9, 1), (2.0, 2)):
        now_s = at_s
        assert await shells.find(None) is not None
        assert index.requests == requests


async def test_an_edge_that_is_away_leaves_no_shell(index: IndexServer) -> None:
    now_s = 0.0
    index.status = 503
    shells = EdgeShell(index.url, "", lambda: now_s)
    assert await shells.find(None) is None
    index.status, index.text, now_s = 200, "<title>Another</title>", 1.0
    assert await shells.find(None) is None
    index.text, now_s = INDEX, 2.0
    assert await shells.find(None) is not None
    assert await EdgeShell("http://127.0.0.1:1/index.html", "", lambda: 0.0).find(None) is None
