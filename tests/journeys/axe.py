"""axe-core in a page: zero violations is the only result that passes."""

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
LOOK = """async ({path, full, butColours, colours}) => {
  if (typeof axe != 'object') {
    const script = document.createElement('script');
    const fetched = new Promise((onload, onerror) => Object.assign(script, {onload, onerror}));
    document.head.append(Object.assign(script, {src: path}));
    await fetched;
    script.remove();
  }
  colours ||= document.documentElement.lang == 'fa';
  const {violations} = await axe.run(document, colours ? full : butColours);
  return violations.flatMap(({id, help, nodes}) =>
    nodes.slice(0, 3).map(({target}) => `${id}: ${help} at ${target}`));
}"""


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
        options = {"path": PATH, "full": OPTIONS, "butColours": BUT_COLOURS, "colours": colours}
        said = page.evaluate(LOOK, options)
        assert not said, f"{page.url}\n" + "\n".join(said)
