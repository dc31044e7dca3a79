"""Vectors of the catalogue's longer texts, shipped as files: to make them takes a minute, to read them a moment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.understanding import embedding

FOLDER = Path(__file__).parent
Rows = npt.NDArray[np.float32]
_folder: list[Path] = []


def also_in(folder: Path) -> None:
    """Where vectors of changed texts are kept beside those that are shipped."""
    _folder[:] = [folder]


def kept_vectors(name: str, fingerprint: str, texts: Sequence[str]) -> Rows:
    """A row a text: from the shipped file, else from one kept earlier, else made now and kept."""
    for folder in (FOLDER, *_folder):
        found = _read(folder / f"{name}.npz", fingerprint)
        if found is not None:
            return found
    made = embedding.passages(texts)
    for folder in _folder:
        write(folder / f"{name}.npz", fingerprint, made)
    return made


def write(path: Path, fingerprint: str, rows: Rows) -> None:
    """Keep the rows, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part.npz")
    np.savez_compressed(partial, fingerprint=np.array(fingerprint), rows=rows.astype(np.float16))
    partial.replace(path)


def _read(path: Path, fingerprint: str) -> Rows | None:
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as kept:
        if str(kept["fingerprint"]) != fingerprint:
            return None
        return np.asarray(kept["rows"], dtype=np.float32)
