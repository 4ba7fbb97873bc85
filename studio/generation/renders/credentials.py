"""What the copies of a take say of how it was made, and what is said of that to people."""

from pathlib import Path

from django.core.files.storage import default_storage

from studio.integrations.credentials import carried, manifests, signer
from studio.integrations.credentials.manifests import Made


def made(render, path=None):
    """How a take was made, for the manifest of a copy of it.

    Args:
        path: the file that came; None for the one that is kept.
    """
    model = f"Runway {render.catalogue_model.name}"
    source = render.manifest_sha256
    if source is None:
        source = carried.digest(path or Path(default_storage.path(render.file)))
    if render.sandbox:
        return Made(f"the sandbox of Rushes, in place of {model}", by_a_model=False, source=source)
    return Made(model, by_a_model=True, source=source)


def of_copies(render):
    """What the copies of a take carry, in words for everybody."""
    kinds = {name.rsplit(".", 1)[-1] for name in (render.file, render.review) if name}
    if kinds.isdisjoint(manifests.TYPES):
        return "A file of this kind holds no content credentials."
    but = "" if kinds <= manifests.TYPES.keys() else ", but for the file itself, whose kind holds none"
    try:
        return f"Copies carry content credentials, {manifests.signing().words}{but}."
    except signer.Unusable:
        return "Copies carry no content credentials: this studio cannot sign now."


def for_team(render):
    """What those who work on a take are told of its copies; a copy that is kept is looked at, not believed."""
    told = of_copies(render)
    kept = Path(default_storage.path(render.review)) if render.review else None
    if kept is None or not kept.exists() or kept.suffix[1:] not in manifests.TYPES or carried.manifest(kept):
        return told
    return f"{told} The copy that plays here carries none: it was made when none could be signed."


def for_guests(render):
    """What a guest is told of how a take was made."""
    how = "Drawn by the sandbox of Rushes, not by AI." if render.sandbox else "Made with AI."
    return f"{how} {of_copies(render)}"
