"""Backbones on the Hugging Face Hub: open_clip's pretrained models, and repositories of the same layout."""

from __future__ import annotations

from zsbir.backbone_seen import SEEN
from zsbir.errors import BackboneError
from zsbir.hub import Layout, Reference

CONFIG, WEIGHTS = "open_clip_config.json", "open_clip_model.safetensors"
LAYOUT = Layout("an open_clip model", CONFIG, (WEIGHTS, SEEN))
# Commits that weights are taken from when the user names none: what was tried stays what is run.
PINNED = {
    "timm/vit_base_patch32_clip_224.openai": "a6f597a30f7b82c51704746581f9a4e41421e878",
    "timm/vit_base_patch16_clip_224.openai": "977e3dd0ec55ab8da155f2fbeb6b5f54948b6e3d",
    "timm/vit_large_patch14_clip_224.openai": "18d0535469bb561bf468d76c1d73aa35156c922b",
}


def pretrained_reference(model: str, tag: str, revision: str | None = None) -> Reference:
    """Return the Hub repository of one of open_clip's pretrained models.

    Args:
        model: open_clip's model name, such as "ViT-B-32-quickgelu".
        tag: open_clip's name of the weights, such as "openai".
        revision: Branch, tag or commit hash of the Hub repository; a hash pins the weights. None takes the
            commit in `PINNED`, and the branch main of repositories that are not in it.

    Raises:
        BackboneError: open_clip does not know the model or the tag, or keeps the weights elsewhere.
    """
    from open_clip.pretrained import get_pretrained_cfg, list_pretrained_tags_by_model

    tags = list_pretrained_tags_by_model(model)
    if not tags:
        raise BackboneError(f"open_clip has no pretrained model {model!r}; try ViT-B-32-quickgelu.")
    repo = get_pretrained_cfg(model, tag).get("hf_hub", "").rstrip("/")
    if repo.count("/") != 1:  # elsewhere than on the Hub, or there as a pickle by a name of its own
        raise BackboneError(
            f"open_clip has no weights {tag!r} for {model} that zsbir can read from the Hub; "
            f"it has {', '.join(tags)}."
        )
    return Reference(repo, revision or PINNED.get(repo), alias=f"{model}/{tag}")
