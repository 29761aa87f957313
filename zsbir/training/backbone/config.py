"""The choices that `zsbir-tiny` is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class BackboneConfig:
    """Sizes, recipe and seed of one training run; saved beside the weights.

    The batch shares say how many of the `batch` pictures of a step are photos, line drawings made from
    photos, and sketches drawn by people. No sketch of an unseen category is ever among them.
    """

    side: int = 128  # pixels; the square picture that the tower is trained and served at
    image_width: int = 192  # ViT-Tiny, so that the start weights fit
    image_layers: int = 12
    patch: int = 16
    text_width: int = 192  # the token table alone is 49,408 x width; this keeps the bundle below 45 MB
    text_layers: int = 12  # as many as in the image tower: SpLIP couples the towers layer by layer
    context: int = 32  # tokens; captions are cut to it
    dim: int = 512  # joint space, that of the CLIP text vectors it aims at

    # A gallery whose pictures are trained on too, with their names; "" for none. It brings no new names, so
    # that a training can go on with another gallery.
    gallery: str = "everyday"
    steps: int = 4000
    batch: int = 64
    photo_share: float = 0.44
    line_share: float = 0.30
    sketch_share: float = 0.26
    lr: float = 5e-4
    layer_decay: float = 0.85  # each block below the last learns this much slower: it is already trained
    new_lr: float = 2e-3  # projection, temperature and learnt name vectors start from nothing
    weight_decay: float = 0.05
    warmup: int = 100
    patch_dropout: float = (
        0.4  # share of patches left out of a step, as in FLIP (Li et al., 2023): more steps an hour
    )
    full_from: float = 0.85  # from this share of the steps on, all patches are seen
    semantic_smoothing: float = 0.2  # share of a target spread over names that CLIP finds similar
    # Inverse temperature at most. A sharp softmax is content with a small lead over 2,000 other names, and
    # leaves the rest of the embedding to whatever else the picture shows; a soft one pulls it to the name.
    max_scale: float = 10.0
    gap_weight: float = 2.0  # of the mean difference between the pictures of a kind and their names
    sketch_variants: int = 6  # augmented renderings of every drawing kept in memory

    text_steps: int = 1000
    text_batch: int = 64
    text_lr: float = 1e-3
    save_every: int = 100  # steps between two saves of the training state
    seed: int = 0

    def __post_init__(self) -> None:
        shares = self.photo_share + self.line_share + self.sketch_share
        if abs(shares - 1) > 1e-6:
            raise ValueError(f"The shares of a batch must add up to 1, not {shares:g}.")
        if self.side % self.patch:
            raise ValueError(f"side {self.side} must be a multiple of the patch size {self.patch}.")
