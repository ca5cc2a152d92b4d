"""Tasks beside a block of a run end with it, also when a library swallows the cancellation."""

import asyncio

import pytest

from chaos.run import running_beside


async def deaf_once() -> None:
    """Swallows one cancellation, as ``asyncio.wait_for`` does before Python 3.12."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        await asyncio.sleep(60)


async def failing() -> None:
    raise ValueError("found")


@pytest.mark.timeout(30)
async def test_a_swallowed_cancellation_is_repeated() -> None:
    async with running_beside(deaf_once()):
        await asyncio.sleep(0)


async def test_an_error_is_raised_at_the_end() -> None:
    with pytest.raises(ValueError, match="found"):
        async with running_beside(failing(), deaf_once()):
            await asyncio.sleep(0)
