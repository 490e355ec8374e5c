import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser():
    """A real headless Chromium; it is asked for nothing but files."""
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    quiet = ("background-networking", "component-update", "sync", "gpu")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", *(f"--disable-{name}" for name in quiet)],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser):
    """Opens a file as a person would; nothing may be complained of, or asked of a network."""
    complaints, pages = [], []

    def show(path, **looks):
        page = browser.new_page(**looks)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: (
                request.url.startswith(("file:", "data:")) or complaints.append(request.url)
            ),
        )
        page.goto(path.resolve().as_uri())
        pages.append(page)
        return page

    yield show
    for page in pages:
        page.close()
    assert complaints == []
