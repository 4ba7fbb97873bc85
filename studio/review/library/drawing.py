"""How news of takes looks to an open library: it hears that there is a new one, and asks how many it would show."""

from studio.runtime.live import frames

_SIGNAL = '<template id="take-new" data-signal="take-new"></template>'


def register():
    frames.register("render", _news)


def _news(project_id, happened):
    started = any(event.kind == "render.started" for event in happened)
    return lambda audience: _SIGNAL if started else ""
