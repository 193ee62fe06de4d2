"""Looks at every page of the site: `make look`, which needs Chromium (`chromium` on the path) and nothing else.

Each page is opened at the width of a telephone and of a desk, light and dark. An overflow to the side, a picture without
an alternative text, a request to another host, a script that fails, and whatever axe finds serious or critical are told,
and end with exit code 1. Pictures of all pages are in the folder `look` beside the site.

    python look.py SITE [PAGE ...]
"""

from __future__ import annotations

import functools
import shutil
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

WIDTHS = {390: 844, 1280: 900}
SERIOUS = ("serious", "critical")
# What sticks out to the right, its own scrolling areas apart.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= width) return []
  const scrolls = (e) => e && e !== document.body
    && (/(auto|scroll|hidden)/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement))
  return [...document.body.querySelectorAll('*')]
    .filter((e) => e.getBoundingClientRect().right > width + 1 && !scrolls(e.parentElement))
    .slice(0, 3).map((e) => e.tagName + '.' + e.className + ' ' + (e.textContent || '').slice(0, 40))
}"""
PICTURES = "() => [...document.images].filter((e) => !e.hasAttribute('alt')).map((e) => e.src)"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        """Says nothing of pages that were served."""


def served(site: Path) -> str:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def faults(page: Page, address: str, axe: Axe) -> Iterator[str]:
    """What is wrong with one page at one width in one light."""
    seen: list[str] = []
    host = "/".join(address.split("/")[:3])
    note: Any = lambda request: request.url.startswith((host, "data:", "blob:")) or seen.append(request.url)  # noqa: E731
    fail: Any = lambda error: seen.append(f"script: {error}")  # noqa: E731
    page.on("request", note)
    page.on("pageerror", fail)
    page.goto(address, wait_until="load")
    page.wait_for_timeout(150)
    page.remove_listener("request", note)
    page.remove_listener("pageerror", fail)
    yield from (f"asks or fails: {one}" for one in seen)
    yield from (f"sticks out: {one}" for one in page.evaluate(OVERFLOW))
    yield from (f"picture without alternative text: {one}" for one in page.evaluate(PICTURES))
    for found in axe.run(page).response["violations"]:
        if found["impact"] in SERIOUS:
            node = found["nodes"][0]
            yield f"axe, {found['impact']}, {found['id']} ({len(found['nodes'])}): {node['html'][:120]}"


def main(site: Path, wanted: list[str]) -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("make look needs Chromium: no chromium is on the path")
    pages = wanted or [
        str(path.relative_to(site)) for path in sorted(site.rglob("*.html")) if "_static" not in path.parts
    ]
    folder, axe, count = site.parent / "look", Axe(), 0
    folder.mkdir(exist_ok=True)
    address = served(site)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width, height in WIDTHS.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme
                )
                page = context.new_page()
                for name in pages:
                    for fault in faults(page, f"{address}/{name}", axe):
                        count += 1
                        print(f"{name} at {width}, {scheme}: {fault}", flush=True)
                    picture = f"{name.removesuffix('.html').replace('/', '-')}-{width}-{scheme}.png"
                    page.screenshot(path=folder / picture, full_page=width == 390)
                context.close()
        browser.close()
    print(f"{len(pages)} pages at {len(WIDTHS)} widths, light and dark: {count} faults; pictures in {folder}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
