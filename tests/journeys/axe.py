"""axe-core in a page: zero violations is the only result that passes."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from playwright.sync_api import Page

from core.platform.assets import NPM

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Only violations are worked out in full, and no style sheet is fetched a second time.
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations"],
    "preload": False,
}
# Both languages and all widths share their colours, and contrast costs more than all other rules.
BUT_COLOURS = {**OPTIONS, "rules": {"color-contrast": {"enabled": False}}}


PATH = "/beside/axe.js"
# As a script of the same origin: the browser keeps it compiled from page to page.
FETCH = f"""() => typeof axe == 'object' || new Promise((onload, onerror) => {{
  const script = document.createElement('script');
  document.head.append(Object.assign(script, {{src: '{PATH}', onload, onerror}}));
}}).then(() => document.querySelector('[src="{PATH}"]').remove())"""


def beside(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The application, and axe-core (from the locked npm manifest) at a path beside it."""
    source = (NPM / "axe-core/axe.min.js").read_bytes()
    headers = [("Content-Type", "text/javascript"), ("Cache-Control", "max-age=3600, immutable")]

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            return app(environ, start_response)
        start_response("200 OK", headers)
        return [source]

    return answer


class Axe:
    """Runs axe-core against the page as it stands."""

    def __call__(self, page: Page, *, colours: bool = False) -> None:
        """Raise AssertionError naming each violated rule and where.

        Contrast is judged on Persian pages, on others only when `colours` asks for it.
        """
        page.wait_for_load_state()  # a click comes back before its page is whole
        colours = colours or page.evaluate("document.documentElement.lang") == "fa"
        page.evaluate(FETCH)
        options = json.dumps(OPTIONS if colours else BUT_COLOURS)
        found = page.evaluate(f"axe.run(document, {options}).then((all) => all.violations)")
        said = [
            f"{fault['id']}: {fault['help']} at {node['target']}"
            for fault in found
            for node in fault["nodes"][:3]
        ]
        assert not said, f"{page.url}\n" + "\n".join(said)
