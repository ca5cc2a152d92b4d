"""Makes all pictures of the docs anew: ``make pictures``. It films the running product, so they never show another one.

The product runs on data of its own. The sample events are those of ``turnout seed``, so two runs differ in dates only.
"""

import io
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import chromium
import httpx
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect, sync_playwright
from turnout_process import running_turnout
from visitor import answer, enter_name

IMAGES: Final = Path(__file__).parent.parent / "docs" / "images"
FILM: Final = IMAGES / "filling-up.webp"
FILM_MAX_BYTES: Final = 1_000_000
GUESTS: Final = (
    *("Ada Novak", "Ben Okafor", "Chiara Rossi", "Dev Patel", "Eva Lindqvist", "Farid Haddad", "Grace Kim"),
    *("Hana Sato", "Ivo Horvat", "Jule Brandt", "Kofi Mensah", "Lena Fischer", "Mateo Cruz"),
)
PAIRS: Final = (3, 8)  # guests who bring somebody
SEATS: Final = 16
STEP_S: Final = 0.45  # between two guests
END_S: Final = 2.5  # on the last frame
PAPER, EDGE = "#e9e2d6", "#c9bda9"
GAP, BAR = 24, 26  # pixels: around the windows, and of their title bars
DESKTOP, PHONE = (780, 620), (360, 620)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_turnout(Path(folder) / "data") as turnout:
        subprocess.run(
            [sys.executable, "-m", "turnout", "seed", turnout.url, "--events", "60", "--people", "120"],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.executable(), args=list(chromium.FLAGS))
            take_list(browser, turnout.url)
            film(browser, turnout.url)
    for each in sorted(IMAGES.iterdir()):
        print(f"{each.relative_to(Path.cwd())}  {each.stat().st_size / 1000:.0f} KB")


def take_list(browser: Browser, url: str) -> None:
    page = new_page(browser, (1280, 860), "light")
    page.goto(url)
    expect(page.get_by_role("article").nth(3)).to_be_visible()
    picture = screenshot(page).quantize(256, dither=Image.Dither.NONE)  # a third of the size, and looks the same
    picture.save(IMAGES / "events.png", optimize=True)


def film(browser: Browser, url: str) -> None:
    """Two browsers look at one event while it fills up: one of its organizer, one of a guest with a phone."""
    organizer, phone = new_page(browser, DESKTOP, "light"), new_page(browser, PHONE, "dark", has_touch=True)
    event = create_event(organizer, url)
    for page in (organizer, phone):
        page.goto(f"{url}/events/{event}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    reel = Reel((organizer, phone))
    reel.record(1.0)
    for number, name in enumerate(GUESTS):
        if number == len(GUESTS) // 2:
            answer(phone).get_by_role("button", name="Join", exact=True).click()
            reel.record(STEP_S)
            enter_name(phone, "Noor Aziz")
            reel.record(2 * STEP_S)
        join(url, event, name, party=2 if number in PAIRS else 1)
        reel.record(STEP_S)
    reel.save(FILM)


def create_event(page: Page, url: str) -> str:
    """Signs the browser in as the organizer, and creates the event. Returns its id."""
    starts = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT19:00")
    draft = {
        "title": "Board games at the Depot", "starts": starts, "zone": "Europe/Vienna", "place": "The Depot, hall 2",
        "description": "Bring a game or just yourself.", "capacity": SEATS, "tags": ["games"],
    }  # fmt: skip
    page.request.post(f"{url}/api/session", data={"name": "Mara Weiss"})
    event: str = page.request.post(f"{url}/api/events", data=draft).json()["id"]
    return event


def join(url: str, event: str, name: str, party: int) -> None:
    with httpx.Client(base_url=url) as guest:
        guest.post("/api/session", json={"name": name}).raise_for_status()
        guest.post(f"/api/events/{event}/attendees", json={"party": party}).raise_for_status()


@dataclass
class Reel:
    """The frames of a film of several pages side by side, each with the time for which it is shown."""

    pages: tuple[Page, ...]
    frames: list[Image.Image] = field(default_factory=list)
    durations_ms: list[int] = field(default_factory=list)

    def record(self, seconds: float) -> None:
        """Takes as many frames as possible, one after the other, for some seconds."""
        end = time.monotonic() + seconds
        while True:
            began = time.monotonic()
            frame = side_by_side([screenshot(page) for page in self.pages])
            took_ms = round((time.monotonic() - began) * 1000)
            if self.frames and self.frames[-1] == frame:
                self.durations_ms[-1] += took_ms
            else:
                self.frames.append(frame)
                self.durations_ms.append(took_ms)
            if time.monotonic() >= end:
                return

    def save(self, path: Path) -> None:
        """Writes the film, which starts again at its end. Raises SystemExit if it is too large."""
        self.durations_ms[-1] = round(END_S * 1000)
        first, *others = self.frames
        first.save(
            path, save_all=True, append_images=others, duration=self.durations_ms, loop=0, quality=60, method=6
        )  # fmt: skip
        if path.stat().st_size > FILM_MAX_BYTES:
            raise SystemExit(f"{path} has {path.stat().st_size:,} bytes; at most {FILM_MAX_BYTES:,} are allowed")


def side_by_side(windows: list[Image.Image]) -> Image.Image:
    """The windows on one ground, each with a title bar."""
    width = sum(each.width + GAP for each in windows) + GAP
    ground = Image.new("RGB", (width, max(each.height for each in windows) + BAR + 2 * GAP), PAPER)
    draw, left = ImageDraw.Draw(ground), GAP
    for each in windows:
        draw.rounded_rectangle((left - 1, GAP - 1, left + each.width, GAP + BAR + each.height), 10, EDGE)
        for dot in range(3):
            draw.ellipse((left + 12 + 16 * dot, GAP + 9, left + 20 + 16 * dot, GAP + 17), PAPER)
        ground.paste(each, (left, GAP + BAR))
        left += each.width + GAP
    return ground


def new_page(browser: Browser, size: tuple[int, int], scheme: Any, **options: Any) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale="en-GB",
        timezone_id="Europe/Vienna", **options,
    )  # fmt: skip
    return context.new_page()


def screenshot(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot(caret="hide"))).convert("RGB")


if __name__ == "__main__":
    main()
