"""What can be bought: every model as data, and the questions asked of it.

Forms, validation, prices, the composer and the sandbox's checks all follow from these
records; nowhere else is a model named in a condition. Facts come from the providers'
pages (`protocols.md` sections 2 to 5 in the shared documents).
"""

from dataclasses import replace

from studio.integrations.catalogue.runway import MODELS
from studio.integrations.catalogue.types import Kind, Model, Need, Preset, Price, SafetyMode, utf16_length

__all__ = [
    "MODELS",
    "Kind",
    "Model",
    "Need",
    "Preset",
    "Price",
    "SafetyMode",
    "UnknownModel",
    "by_provider_id",
    "default",
    "get",
    "models_with_aspect",
    "named",
    "utf16_length",
]


class UnknownModel(LookupError):
    """There is no such model in the catalogue; offer the person the ones there are."""


def get(key: str) -> Model:
    """Return the model with this key ("gen-4.5").

    Raises:
        UnknownModel: no model has that key.
    """
    try:
        return _BY_KEY[key]
    except KeyError:
        raise UnknownModel(key) from None


def named(key: str, *, kind: Kind = Kind.VIDEO) -> Model:
    """The model with this key, for whoever reads what was made with it: one that is not sold any more has its key
    for a name, and the rest of the newest of its kind.
    """
    if key in _BY_KEY:
        return _BY_KEY[key]
    newest = [model for model in MODELS if model.kind is kind][-1]
    return replace(newest, key=key, name=key or "No model", intent="", provider_id="", is_sold=False)


def by_provider_id(provider_id: str) -> Model | None:
    """Return the model a provider calls by this id ("runway:1@2"), or None."""
    return next((model for model in MODELS if model.provider_id == provider_id), None)


def default() -> Model:
    """The model a new project starts with."""
    return MODELS[-1]


def models_with_aspect(label: str, *, kind: Kind) -> list[Model]:
    """The models of this kind that offer the aspect, e.g. 21:9 → [Gen-4 Turbo]."""
    return [model for model in MODELS if model.kind is kind and model.preset(label)]


_BY_KEY = {model.key: model for model in MODELS}
