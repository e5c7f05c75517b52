"""The record watcher: what should be noticed in a record, and the day on which it first could have been.

A `Watch` is a definition. `notice` runs watches live on one record; `preceptor.population` runs the same definitions
over many.
"""

from preceptor.tools.watch.noticing import examine, notice
from preceptor.tools.watch.registry import PACKS, all_watches, watch_named
from preceptor.tools.watch.watch import Source, Watch

__all__ = ["PACKS", "Source", "Watch", "all_watches", "examine", "notice", "watch_named"]
