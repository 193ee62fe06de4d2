"""Tables of other packages as data sets."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import qtangent as qt
import xarray as xr
from qtangent.datasets import from_arrays

RNG = np.random.default_rng(3)
X = RNG.normal(size=(30, 3))
Y = np.array(["cat", "dog"])[np.arange(30) % 2]
NAMES = ["a", "b", "c"]


def tensor(values):
    torch = pytest.importorskip("torch")
    return torch.tensor(values, requires_grad=True)


TABLES = {
    "lists": lambda: X.tolist(),
    "pandas": lambda: pd.DataFrame(X, columns=NAMES),
    "nullable": lambda: pd.DataFrame(X, columns=NAMES).convert_dtypes(),
    "polars": lambda: pl.DataFrame(X, schema=NAMES),
    "xarray": lambda: xr.DataArray(X, dims=("row", "column")),
    "xarray variables": lambda: xr.Dataset({name: ("row", X[:, k]) for k, name in enumerate(NAMES)}),
    "torch": lambda: tensor(X),
}
LABELS = {
    "list": Y.tolist(),
    "pandas": pd.Series(Y),
    "nullable": pd.Series(Y, dtype="string"),
    "categories": pd.Series(Y, dtype="category"),
    "polars": pl.Series(Y.tolist()),
    "xarray": xr.DataArray(Y),
}


@pytest.mark.parametrize("kind", TABLES)
def test_tables_are_arrays(kind):
    expected = from_arrays(X, Y, n_qubits=2)
    found = from_arrays(TABLES[kind](), Y, n_qubits=2)
    np.testing.assert_array_equal(found.X, expected.X)
    np.testing.assert_array_equal(found.y, expected.y)
    raw = from_arrays(TABLES[kind](), X[:, 0], None, regression=True)
    if "pandas" in kind or kind in ("nullable", "polars", "xarray variables"):
        assert "(a, b, c)" in raw.description


@pytest.mark.parametrize("kind", LABELS)
def test_labels_are_arrays(kind):
    np.testing.assert_array_equal(from_arrays(X, LABELS[kind]).y, from_arrays(X, Y).y)


def test_numbers_as_classes_and_targets():
    numbers = np.arange(30) % 2
    expected = from_arrays(X, numbers).y
    for given in (pd.Series(numbers, dtype="Int64"), pd.Series(numbers == 1, dtype="boolean")):
        np.testing.assert_array_equal(from_arrays(X, given).y, expected)
    for given in (pd.Series(X[:, 0], dtype="Float64"), pl.Series(X[:, 0]), xr.DataArray(X[:, 0])):
        found = from_arrays(X, given, regression=True)
        np.testing.assert_array_equal(found.y, from_arrays(X, X[:, 0], regression=True).y)


def test_missing_entries_are_named():
    table = pd.DataFrame(X, columns=NAMES).convert_dtypes()
    table.iloc[3, 1] = pd.NA
    with pytest.raises(qt.InvalidArgumentError, match=r"X\[3, 1\] is <NA>"):
        from_arrays(table, Y)
    with pytest.raises(qt.InvalidArgumentError, match=r"X\[2, 0\] is nan"):
        from_arrays(pl.DataFrame({"a": [1.0, 2.0, None, 4.0]}), [0, 1, 0, 1])
    for missing in (pd.NA, None):
        labels = pd.Series(Y, dtype="string")
        labels[4] = missing
        with pytest.raises(qt.InvalidArgumentError, match=r"y\[4\] is <NA>; fill what is missing"):
            from_arrays(X, labels)
