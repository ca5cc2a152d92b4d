"""The embedded Valkey removes the files of a rewrite that was killed."""

from pathlib import Path

from turnout.valkey.embedded import embedded_valkey


async def test_a_start_removes_unfinished_files_only(tmp_path: Path) -> None:
    for name in ("temp-rewriteaof-7.aof", "temp-rewriteaof-bg-7.aof", "temp-7.rdb", "notes.aof"):
        (tmp_path / name).write_text("a secret")
    async with embedded_valkey(tmp_path):
        pass
    left = [each for each in tmp_path.iterdir() if each.suffix in {".aof", ".rdb"}]  # noqa: ASYNC240 - nothing else runs
    assert [each.name for each in left] == ["notes.aof"]
