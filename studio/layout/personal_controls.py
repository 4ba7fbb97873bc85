"""What one person may press in a fragment that many are sent alike.

Such a fragment is drawn once and kept; it has an empty place, `<span data-controls="kind" data-code="…"></span>`,
and no button. What belongs there is drawn once a page, by the rights of whoever reads it, about nothing in particular:
`PLACEHOLDER` stands for the code, `{name}` for what the place says as `data-name`. The server puts it into the
places of the page it answers with, `personal-controls.js` into those of what arrives later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

PLACEHOLDER = UUID(int=0)
_PLACE = re.compile(r'(<span (?:(?!data-controls=)[^<>])*+data-controls="([\w-]+)"([^<>]*+)>)</span>')
_SAID = re.compile(r'(?<![\w-])data-([\w-]+)="([^"]*)"')


def fill(html: str, controls: Mapping[str, str]) -> str:
    """The fragment with the controls of this kind in each place; without them where there are none."""
    if not controls or "data-controls" not in html:
        return html
    return _PLACE.sub(lambda place: f"{place[1]}{_about(controls.get(place[2], ''), place[3])}</span>", html)


def _about(control: str, said: str) -> str:
    for name, value in _SAID.findall(said):  # values are escaped, as they stand in the fragment
        control = control.replace(f"{{{name}}}", value)
        if name == "code":
            control = control.replace(str(PLACEHOLDER), value)
    return control


def templates(controls: Mapping[str, str]) -> SafeString:
    """The same for the script, which fills what arrives later."""
    return format_html_join(
        "",
        '<template id="controls-{}">{}</template>',
        ((kind, mark_safe(html)) for kind, html in controls.items()),  # noqa: S308 - our own templates' output
    )
