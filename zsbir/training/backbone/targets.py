"""The name vectors that the image tower aims at: real CLIP text vectors, and learnt ones for other names."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zsbir.data import canonical_name, name_words


class NameBank(nn.Module):
    """One unit vector for every name; those that CLIP knows stay fixed, the others are learnt.

    Args:
        names: Canonical categories, in the order of the rows.
        start: (names, dim) start vectors.
        fixed: (names,) True where the row is CLIP's and must not move.
    """

    def __init__(self, names: list[str], start: Tensor, fixed: Tensor) -> None:
        super().__init__()
        self.names = names
        self.rows = {name: row for row, name in enumerate(names)}
        self.learnt = nn.Parameter(start.clone())
        self.register_buffer("start", start)
        self.register_buffer("fixed", fixed[:, None])

    def forward(self) -> Tensor:
        """Return (names, dim) unit vectors; fixed rows carry no gradient."""
        return F.normalize(torch.where(self.fixed, self.start, self.learnt), dim=-1)


def read_clip_names(path: Path) -> dict[str, Tensor]:
    """Read CLIP's text vectors and centre them: raw ones all lie within a cosine of about 0.8 of each other.

    Returns:
        Canonical name -> (dim,) unit vector. Several spellings of one thing are averaged.
    """
    table = np.load(path)  # arrays only: numpy refuses pickled objects by default
    vectors = torch.from_numpy(table["embeddings"].astype(np.float32))
    vectors = F.normalize(vectors - vectors.mean(0), dim=-1)
    grouped: dict[str, list[Tensor]] = {}
    for name, vector in zip(table["names"].tolist(), vectors, strict=True):
        grouped.setdefault(canonical_name(str(name)), []).append(vector)
    return {name: F.normalize(torch.stack(group).mean(0), dim=-1) for name, group in grouped.items()}


def make_bank(
    names: list[str], clip: dict[str, Tensor], classifier: dict[str, Tensor], seed: int
) -> NameBank:
    """Build the bank for the corpus' names and all names that CLIP knows.

    A name that CLIP's table lacks starts where a ridge regression from ImageNet classifier rows to CLIP
    vectors puts it; one that the classifier lacks too starts from the known names that share a word with it,
    else at random.

    Args:
        names: Categories of the corpus.
        clip: What `read_clip_names` returns.
        classifier: Canonical name -> (width,) row of the start weights' ImageNet classifier.
        seed: Of the random start vectors.
    """
    everything = sorted(set(names) | set(clip))
    generator = torch.Generator().manual_seed(seed)
    predict = _ridge(classifier, clip)
    rows = [clip.get(name, _guess(name, clip, classifier, predict, generator)) for name in everything]
    fixed = torch.tensor([name in clip for name in everything])
    return NameBank(everything, torch.stack(rows), fixed)


def _ridge(classifier: dict[str, Tensor], clip: dict[str, Tensor], strength: float = 10.0) -> Tensor:
    shared = sorted(set(classifier) & set(clip))
    x = F.normalize(torch.stack([classifier[name] for name in shared]), dim=-1)
    y = torch.stack([clip[name] for name in shared])
    return torch.linalg.solve(x.T @ x + strength / len(shared) * torch.eye(x.shape[1]), x.T @ y)


def _guess(
    name: str,
    clip: dict[str, Tensor],
    classifier: dict[str, Tensor],
    predict: Tensor,
    generator: torch.Generator,
) -> Tensor:
    dim = next(iter(clip.values())).shape[0]
    noise = F.normalize(torch.randn(dim, generator=generator), dim=0)
    if name in classifier:
        return F.normalize(F.normalize(classifier[name], dim=0) @ predict, dim=0) + 0.2 * noise
    words = set(name_words(name).split())
    kin = [vector for known, vector in sorted(clip.items()) if words & set(name_words(known).split())]
    return F.normalize(torch.stack(kin).mean(0), dim=0) + 0.5 * noise if kin else noise
