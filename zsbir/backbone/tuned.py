"""A tower with LayerNorms, and perhaps biases, of its own, which shares the rest with the frozen backbone."""

from __future__ import annotations

import copy
from itertools import chain

from torch import Tensor, nn


class TunedNorms(nn.Module):
    """The LayerNorms of a frozen tower, copied so that they can be learnt.

    Ten of these cost ten times some thousand numbers, not ten towers: `tower` is the frozen one in
    everything but its LayerNorms. Its parameters are not this module's: `parameters()` and `state_dict()`
    hold the copied LayerNorms alone, whose count `methods.md` gives per tower (39,936 for ViT-B/32's images).

    Args:
        frozen: open_clip's `VisionTransformer`, or its `CLIP` for the text tower; not changed.
        biases: Copy those of all other layers too, as `biases` (BitFit, Ben Zaken et al., 2022).
    """

    def __init__(self, frozen: nn.Module, *, biases: bool = False) -> None:
        super().__init__()
        own = {id(p) for norm in _norms(frozen).values() for p in norm.parameters()}
        if biases:
            own |= {id(p) for p in _biases(frozen).values()}
        tensors = chain(frozen.parameters(), frozen.buffers())
        tower = copy.deepcopy(frozen, memo={id(t): t for t in tensors if id(t) not in own})
        norms = _norms(tower)
        self.norms = nn.ModuleDict({name.replace(".", "-"): norm for name, norm in norms.items()})
        self.norms.requires_grad_(True)
        self.biases = nn.ParameterDict(
            {name.replace(".", "-"): bias.requires_grad_(True) for name, bias in _biases(tower).items()}
            if biases
            else {}
        )
        self._tower = (tower,)  # in a tuple, so that torch does not take it for a part of this module

    @property
    def tower(self) -> nn.Module:
        """The tower to call; it sees the learnt LayerNorms."""
        return self._tower[0]

    def forward(self, pixels: Tensor) -> Tensor:
        """Run the whole tower, without prompts."""
        return self.tower(pixels)


def _norms(tower: nn.Module) -> dict[str, nn.LayerNorm]:
    return {name: module for name, module in tower.named_modules() if isinstance(module, nn.LayerNorm)}


def _biases(tower: nn.Module) -> dict[str, nn.Parameter]:
    """Return the biases outside LayerNorms."""
    norms = {id(p) for norm in _norms(tower).values() for p in norm.parameters()}
    return {name: p for name, p in tower.named_parameters() if name.endswith("bias") and id(p) not in norms}
