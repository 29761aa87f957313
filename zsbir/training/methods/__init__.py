"""Training of the methods: one objective a paper, one loop for all."""

from zsbir.methods.clip_at import ClipATConfig
from zsbir.training.methods.clip_at import ClipATObjective, ClipATTrainConfig

# Method -> its config, its recipe, its losses; `zsbir.methods.METHODS` has the method itself.
OBJECTIVES = {
    "clip-at": (ClipATConfig, ClipATTrainConfig, ClipATObjective),
}
