"""What a run found: figures to print, and faults that fail it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["Verdict"]

SHOWN = 10


@dataclass
class Verdict:
    """Figures and faults of one run."""

    title: str
    figures: dict[str, object] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    began: float = field(default_factory=time.monotonic)

    def blame(self, faults: Iterable[str]) -> None:
        """Note what is wrong."""
        self.faults.extend(faults)

    def tell(self) -> None:
        """Print the outcomes, the first faults, and the figures last, on one line."""
        for outcome, count in sorted(self.outcomes.items()):
            print(f"  {count:7,}  {outcome}")
        for fault in self.faults[:SHOWN]:
            print(f"  FAULT {fault}")
        if len(self.faults) > SHOWN:
            print(f"  and {len(self.faults) - SHOWN:,} more")
        parts = [
            f"{value:,} {name}" if isinstance(value, int) else f"{name} {value}"
            for name, value in self.figures.items()
        ]
        seconds = time.monotonic() - self.began
        print(f"{self.title}: {', '.join(parts)}, {len(self.faults):,} faults in {seconds:.0f} s", flush=True)
