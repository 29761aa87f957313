"""Training of the methods: one objective a paper, one loop for all."""

from zsbir.methods.clip_at import ClipATConfig
from zsbir.methods.deep_dual import DeepDualConfig
from zsbir.methods.dp_clip import DPCLIPConfig
from zsbir.methods.reference import ReferenceConfig
from zsbir.methods.splip import SpLIPConfig
from zsbir.training.methods.clip_at import ClipATObjective, ClipATTrainConfig
from zsbir.training.methods.deep_dual import DeepDualObjective, DeepDualTrainConfig
from zsbir.training.methods.dp_clip import DPCLIPObjective, DPCLIPTrainConfig
from zsbir.training.methods.reference import FullFinetuneTrainConfig, LinearProbeTrainConfig
from zsbir.training.methods.splip import SpLIPObjective, SpLIPTrainConfig
from zsbir.training.methods.triplet import TripletObjective

# Method -> its config, its recipe, its losses; `zsbir.methods.METHODS` has the method itself.
OBJECTIVES = {
    "clip-at": (ClipATConfig, ClipATTrainConfig, ClipATObjective),
    "dp-clip": (DPCLIPConfig, DPCLIPTrainConfig, DPCLIPObjective),
    "splip": (SpLIPConfig, SpLIPTrainConfig, SpLIPObjective),
    "deep-dual": (DeepDualConfig, DeepDualTrainConfig, DeepDualObjective),
    "linear-probe": (ReferenceConfig, LinearProbeTrainConfig, TripletObjective),
    "full-finetune": (ReferenceConfig, FullFinetuneTrainConfig, TripletObjective),
}
