"""axe-core in a page: zero violations is the only result that passes."""

import json

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


class Axe:
    """Runs axe-core (from the locked npm manifest) against the page as it stands."""

    def __init__(self) -> None:
        self.source = (NPM / "axe-core/axe.min.js").read_text()

    def __call__(self, page: Page, *, colours: bool = False) -> None:
        """Raise AssertionError naming each violated rule and where.

        Contrast is judged on Persian pages, on others only when `colours` asks for it.
        """
        colours = colours or page.evaluate("document.documentElement.lang") == "fa"
        if not page.evaluate("typeof axe == 'object'"):
            page.evaluate(self.source)
        options = json.dumps(OPTIONS if colours else BUT_COLOURS)
        found = page.evaluate(f"axe.run(document, {options}).then((all) => all.violations)")
        said = [
            f"{fault['id']}: {fault['help']} at {node['target']}"
            for fault in found
            for node in fault["nodes"][:3]
        ]
        assert not said, f"{page.url}\n" + "\n".join(said)
