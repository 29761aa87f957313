"""Training of the methods: one objective a paper, one loop for all."""

from zsbir.methods.clip_at import ClipATConfig
from zsbir.methods.deep_dual import DeepDualConfig
from zsbir.training.methods.clip_at import ClipATObjective, ClipATTrainConfig
from zsbir.training.methods.deep_dual import DeepDualObjective, DeepDualTrainConfig

# Method -> its config, its recipe, its losses; `zsbir.methods.METHODS` has the method itself.
OBJECTIVES = {
    "clip-at": (ClipATConfig, ClipATTrainConfig, ClipATObjective),
    "deep-dual": (DeepDualConfig, DeepDualTrainConfig, DeepDualObjective),
}
