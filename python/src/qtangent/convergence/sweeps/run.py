"""Run a sweep on any executor, keep what is finished, go on where it stopped."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import product
from os import PathLike
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._extras import expect, tqdm
from ..._native import get_num_threads
from ..._native.arrays import flag, integer, number
from ..._native.arrays import path as checked_path
from ..._native.arrays import seed as checked_seed
from ..._native.errors import Interrupted, InvalidArgumentError
from ..._native.limits import MOST_QUBITS
from .built import Build, digests
from .compute import compute, on_threads
from .labelled import AXES, dataset, prepare
from .point import Arrays, Point, Settings
from .store import Store

_MOST_POINTS = 1_000_000

if TYPE_CHECKING:
    import xarray


def sweep(
    build: Build,
    p: int | Sequence[int],
    n: int | Sequence[int],
    m: int | Sequence[int] = 4,
    scale: float | Sequence[float] = 1.0,
    seeds: int | Sequence[int] = 8,
    time: float = 20.0,
    dt: float | None = None,
    records: int = 100,
    path: str | PathLike[str] | None = None,
    executor: Any = None,
    progress: bool = False,
) -> xarray.Dataset:
    """Train at every combination of p, n, m, scale and seed, and compare each training with the theory.

    A point is trained by descent in normalised time as in `qtangent.convergence.study`. Its kernel regression,
    over-parameterised limit and lower bound are computed on the same times. The bits of the result do not
    depend on the executor, the order of the points, or whether the sweep was interrupted and continued.

    Args:
        build: build(n, p, m, scale, seed) -> (model, theta, y, states), or with X as a fifth entry; states may
            be None then. A theta of shape (s, p) holds s draws of the parameters for one circuit: they share the
            lanes of one training and get the axis `draw`, of the same size at every point. For an executor with
            other processes `build` must be a function they can import (dask takes any).
        p: Numbers of parameters, one or several.
        n: Numbers of qubits.
        m: Numbers of samples.
        scale: Factors of the measurement.
        seeds: A number of seeds 0, 1, ..., or the seeds.
        time: Normalised time to train for.
        dt: Normalised time of a step; 0.05, subdivided where the largest eigenvalue of K(0) asks for it, if
            left out.
        records: Most recorded steps, evenly spaced in the logarithm of time.
        path: Folder for the finished points, each written atomically when it is done. With a folder of the same
            time, dt and records only the missing points are computed; axes may have grown. A finished point counts
            as the same if `build` returns for it what it was computed from, bit for bit: circuit, observable, scale,
            precision, theta, labels, states and features. So `build` is called for the finished points too, and
            may be any callable, also a closure, a `functools.partial`, or a new version of a function.
        executor: A `concurrent.futures.Executor` (threads, processes, mpi4py's) or a `dask.distributed.Client`;
            threads of this process if left out. Only this process writes to `path`. The processes of a
            `ProcessPoolExecutor` share the threads that a call may use.
        progress: Show a bar with the time left (needs tqdm).

    Returns:
        Dataset over (n, p, m, scale, seed, draw, time); `z_sum` lacks time, and `complete` draw and time.
        `to_netcdf` saves it as one file.

    Raises:
        InvalidArgumentError: An axis is empty or out of range; `path` holds a sweep with other settings, or points
            of another build.
        FileError: `path` cannot be written.
        Interrupted: After Ctrl-C; the finished points are in `path`.
        Exception: What `build` or a training raised; the points finished before are in `path`.
    """
    expect("xarray", "xarray", "sweep")
    settings = Settings(
        number("time", time), None if dt is None else number("dt", dt), integer("records", records)
    )
    settings.recorded_steps  # noqa: B018  raises for times and records out of range
    axes = _axes(n, p, m, scale, seeds)
    wanted = [Point(*values) for values in product(*axes.values())]
    if not callable(build):
        raise InvalidArgumentError(f"build is {build!r}; a function (n, p, m, scale, seed) is expected")
    store = None if path is None else Store.open(_folder(path), settings)
    there = set() if store is None else set(store.points()).intersection(wanted)
    found: dict[Point, Arrays] = {}
    # The expensive ones first, so that the workers end together and the time left is known early.
    missing = sorted((point for point in wanted if point not in there), key=lambda point: -point.cost)
    with _bar(missing, progress) as advance, _workers(executor) as (submit, stop):
        pending: list[Future[Any]] = []

        def each(
            work: Callable[..., Any], points: Iterable[Point], *settings: Any
        ) -> Iterator[tuple[Point, Any]]:
            futures = {submit(work, build, point, *settings): point for point in points}
            pending.extend(futures)
            return ((futures[future], future.result()) for future in as_completed(futures))

        try:
            if store is not None:
                store.check(dict(each(digests, there)))
                found = {point: store.read(point) for point in there}
            results = each(compute, missing, settings, store is not None, *stop)
            prepare()  # meanwhile
            for point, (built, arrays) in results:
                if store is not None:
                    store.write(point, built, arrays)
                found[point] = arrays
                advance(point)
        except KeyboardInterrupt:
            kept = "were lost, since no path was given" if store is None else f"are in {store.folder}"
            raise Interrupted(f"{len(found)} of {len(wanted)} points are finished and {kept}") from None
        finally:
            for future in pending:
                future.cancel()
    return dataset(found, axes, settings)


def load_sweep(path: str | PathLike[str]) -> xarray.Dataset:
    """What a sweep has finished so far, also while it runs; axes are those of the finished points.

    Args:
        path: The folder that `sweep` was given.

    Raises:
        FileError: The folder holds no sweep.
        CorruptedFileError: A file is damaged.
    """
    store = Store.existing(_folder(path))
    points = store.points()
    axes = {name: sorted({getattr(point, name) for point in points}) for name in AXES}
    return dataset({point: store.read(point) for point in points}, axes, store.settings)


def _axes(n: Any, p: Any, m: Any, scale: Any, seeds: Any) -> dict[str, list[Any]]:
    axes: dict[str, list[Any]] = {
        "n": [integer("n", value) for value in _several(n)],
        "p": [integer("p", value) for value in _several(p)],
        "m": [integer("m", value) for value in _several(m)],
        "scale": [number("scale", value) for value in _several(scale)],
        "seed": [checked_seed(value) for value in _several(seeds)]
        if isinstance(seeds, Iterable) and getattr(seeds, "ndim", 1) > 0
        else list(range(min(integer("seeds", seeds), _MOST_POINTS + 1))),
    }
    for name, values in axes.items():
        if not values:
            raise InvalidArgumentError(f"{name} is empty; give at least one value")
        if len(set(values)) < len(values):
            raise InvalidArgumentError(f"{name} is {values}; a value occurs twice")
        if name in ("n", "p", "m") and min(values) < 1:
            raise InvalidArgumentError(f"{name} is {values}; values are at least 1")
        if name == "n" and max(values) > MOST_QUBITS:
            raise InvalidArgumentError(f"n is {values}; circuits have at most {MOST_QUBITS} qubits")
    if (points := math.prod(map(len, axes.values()))) > _MOST_POINTS:
        raise InvalidArgumentError(
            f"the sweep has {points} points or more; at most {_MOST_POINTS} are possible"
        )
    return axes


def _several(value: Any) -> list[Any]:
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return [value[()]]
    return list(value) if isinstance(value, Iterable) else [value]


def _folder(path: str | PathLike[str]) -> Path:
    return Path(os.fsdecode(checked_path(path)))


@contextmanager
def _workers(executor: Any) -> Iterator[tuple[Callable[..., Future[Any]], tuple[Event, ...]]]:
    """How to submit, and the event that stops the running points early, which only threads share."""
    if isinstance(executor, ProcessPoolExecutor):
        # Each would take all processors for itself.
        each = max(1, get_num_threads() // executor._max_workers)  # type: ignore[attr-defined]
        yield lambda work, *arguments: executor.submit(on_threads, each, work, *arguments), ()
    elif isinstance(executor, Executor):
        yield executor.submit, ()
    elif hasattr(executor, "get_executor"):  # a dask.distributed client
        yield executor.get_executor(pure=False).submit, ()
    elif executor is None:
        stop = Event()
        with ThreadPoolExecutor(get_num_threads(), "qtangent-sweep") as threads:
            try:
                yield threads.submit, (stop,)
            finally:
                stop.set()
    else:
        raise InvalidArgumentError(
            f"executor is {executor!r}; a concurrent.futures.Executor or a dask.distributed.Client is expected"
        )


@contextmanager
def _bar(points: list[Point], shown: bool) -> Iterator[Callable[[Point], None]]:
    """Advances by the cost of a point, so that the time left allows for the expensive ones."""
    if not flag("progress", shown):
        yield lambda point: None
        return
    layout = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}"
    done = 0
    with tqdm()(total=sum(point.cost for point in points), bar_format=layout) as bar:
        bar.set_description(f"0/{len(points)} points")

        def advance(point: Point) -> None:
            nonlocal done
            done += 1
            bar.set_description(f"{done}/{len(points)} points", refresh=False)
            bar.update(point.cost)

        yield advance
