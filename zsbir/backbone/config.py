"""What an open_clip config says, checked before a model is built of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from zsbir.errors import BackboneError, ImageError
from zsbir.images import Preprocess

if TYPE_CHECKING:
    from torch import Tensor, nn

CONFIG = "open_clip_config.json"
BUILT_OF = {
    *("embed_dim", "vision_cfg", "text_cfg", "quick_gelu"),
    *("init_logit_scale", "init_logit_bias", "nonscalar_logit_scale"),
}
KIND = "custom_text"  # open_clip's class with a text tower of its own: SigLIP, MobileCLIP and others
IGNORED = {"cast_dtype", "output_dict"}  # they change no embedding
OWN_TOKENIZER = ("hf_tokenizer_name", "tokenizer_kwargs", "tokenizer_mode")
TAKE = "take a model such as ViT-B-32-quickgelu/openai."


def check_config(config: object, name: str) -> None:
    """Refuse configs of which no `CLIP` or `CustomTextCLIP` of open_clip's can be built.

    Raises:
        BackboneError: A part is missing or no table, or the model is of another kind.
    """
    whole = _table(config, "it", name)
    model_cfg = _table(whole.get("model_cfg"), "model_cfg", name)
    for part in ("vision_cfg", "text_cfg"):
        _table(model_cfg.get(part), part, name)
    _table(whole.get("preprocess_cfg", {}), "preprocess_cfg", name)
    strange = [key for key, value in model_cfg.items() if key not in {*BUILT_OF, *IGNORED, KIND} and value]
    strange += [key for key in ("hf_model_name",) if model_cfg["text_cfg"].get(key)]
    if strange:
        raise BackboneError(
            f"{name} is of a kind that zsbir cannot build: its config has {', '.join(strange)}; {TAKE}"
        )


def model_arguments(model_cfg: Mapping) -> dict:
    """Return what open_clip builds a model of; timm is not asked to download weights of its own."""
    vision = dict(model_cfg["vision_cfg"])
    if vision.get("timm_model_name"):
        vision["timm_model_pretrained"] = False
    return {key: model_cfg[key] for key in BUILT_OF & model_cfg.keys()} | {"vision_cfg": vision}


def read_preprocess(config: Mapping, model: nn.Module, name: str) -> Preprocess:
    """Return what the model expects of its pixels; CLIP's own mean and std where the config names none.

    Raises:
        BackboneError: Mean or std are not three numbers.
    """
    from open_clip import OPENAI_DATASET_MEAN, OPENAI_DATASET_STD

    given, size = config.get("preprocess_cfg", {}), model.visual.image_size
    try:
        return Preprocess(
            side=size[0] if isinstance(size, tuple) else size,
            mean=given.get("mean") or OPENAI_DATASET_MEAN,
            std=given.get("std") or OPENAI_DATASET_STD,
        )
    except ImageError as error:
        raise BackboneError(f"The preprocess_cfg of {name} makes no sense. {error}") from error


def make_tokenizer(text_cfg: Mapping, context: int, name: str) -> Callable[[list[str]], Tensor]:
    """Return CLIP's tokenizer; for models with another, a refusal that comes once a text is to be read."""
    from open_clip import SimpleTokenizer

    tokenizer = SimpleTokenizer(context_length=context)
    reasons = [key for key in OWN_TOKENIZER if text_cfg.get(key)]
    if text_cfg.get("vocab_size", tokenizer.vocab_size) != tokenizer.vocab_size:
        reasons.append("vocab_size")
    if not reasons:
        return tokenizer

    def refuse(texts: list[str]) -> Tensor:
        raise BackboneError(
            f"{name} reads texts with another tokenizer than CLIP's ({', '.join(reasons)}), which zsbir does "
            f"not have; {TAKE}"
        )

    return refuse


def _table(value: object, what: str, name: str) -> Mapping:
    if isinstance(value, dict):
        return value
    raise BackboneError(
        f"{name} has no open_clip config: {what} must be a JSON object, not {value!r}. Download it again."
    )
