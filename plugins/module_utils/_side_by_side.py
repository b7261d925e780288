# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Work on several hosts at once. Private to this collection."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from multiprocessing.pool import ThreadPool

AT_ONCE = 10  # each has a connection of its own

Item = t.TypeVar("Item")
Outcome = t.TypeVar("Outcome")


def side_by_side(
    work: t.Callable[[Item], Outcome], items: t.Collection[Item], stop: t.Callable[[], None]
) -> list[Outcome]:
    """All outcomes, in no order; the first failure ends all by stop, and is raised when requests under way have ended.

    None of the threads is left, unless the user has interrupted, who does not wait for answers.
    """
    if not items:
        return []
    from multiprocessing.pool import ThreadPool

    pool = ThreadPool(min(len(items), AT_ONCE))
    try:
        found = list(pool.imap_unordered(work, items))
    except BaseException as error:
        stop()
        _end(pool, waiting=isinstance(error, Exception))
        raise
    _end(pool)
    return found


def _end(pool: ThreadPool, waiting: bool = True) -> None:
    pool.close()  # one that is left open complains when Python ends
    if waiting:
        pool.join()
