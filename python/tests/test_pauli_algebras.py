"""Lie algebras of Pauli strings, found without a list, against their lists."""

from __future__ import annotations

import re
import time
from itertools import combinations, product

import numpy as np
import pytest
import qtangent as qt
from lie_cases import sums, word
from qtangent.capacity import lie_algebra
from qtangent.capacity.strings.binary import bracket_sign, closed, letters, number
from qtangent.capacity.strings.classification import classify


def size(name):
    """Dimension of a simple algebra by its name."""
    kind, k = re.fullmatch(r"(su|so|sp)\((\d+)\)", name).groups()
    k = int(k)
    return {"su": k * k - 1, "so": k * (k - 1) // 2, "sp": k * (2 * k + 1)}[kind]


def listed(strings):
    """The strings that letters generate, by brackets of everything with everything."""

    def anticommute(a, b):
        return sum("I" not in pair and pair[0] != pair[1] for pair in zip(a, b, strict=True)) % 2

    def times(a, b):
        third = {"XY": "Z", "YZ": "X", "XZ": "Y"}
        return "".join(
            x if y == "I" else y if x == "I" else "I" if x == y else third["".join(sorted(x + y))]
            for x, y in zip(a, b, strict=True)
        )

    found, waiting = set(), set(strings)
    while waiting:
        one = waiting.pop()
        waiting |= {times(one, other) for other in found if anticommute(one, other)} - found - {one}
        found.add(one)
    return found


def draw(random, n, count):
    """Distinct strings; some draws keep to few letters, so that small algebras and radicals occur."""
    alphabet = random.choice(["IXYZ", "IXZ", "IIXZ", "IIIXYZ", "IZ", "XY"])
    return list(dict.fromkeys("".join(random.choice(list(alphabet), n)) for _ in range(count)))


def test_random_sets_against_their_lists():
    random = np.random.default_rng(0)
    names = set()
    for _ in range(400):
        n = int(random.integers(1, 5))
        strings = draw(random, n, int(random.integers(1, 2 * n + 4)))
        expected = listed(strings)
        found = classify(map(number, strings), n)
        assert found.dimension == len(expected), strings
        assert set(closed(list(map(number, strings)), n, 4**n)) == set(map(number, expected))
        for part in found.parts:
            assert size(part.name) == part.dimension
            names.add(part.name)
    # Both kinds of quadratic form, the full algebra, and free fermions occurred.
    assert names >= {"su(2)", "su(4)", "so(5)", "so(7)", "sp(4)", "su(8)", "su(16)"}


def test_random_sets_on_more_qubits():
    random = np.random.default_rng(1)
    for n, count in [(5, 60), (6, 12)]:
        for _ in range(count):
            strings = list(map(number, draw(random, n, int(random.integers(n, 2 * n + 3)))))
            assert classify(strings, n).dimension == len(closed(strings, n, 4**n))


def test_parts_are_the_ideals():
    """Dimensions and numbers of simple ideals against the numerical splitting of the dense algebra."""
    random = np.random.default_rng(2)
    compared = 0
    while compared < 40:
        n = int(random.integers(1, 5))
        strings = draw(random, n, int(random.integers(1, 2 * n + 3)))
        algebra = lie_algebra([qt.pauli(one) for one in strings])
        if algebra.dimension > 70:
            continue
        compared += 1
        ideals = algebra.ideals
        expected = sorted(part.dimension for part in algebra.parts for _ in range(part.copies))
        assert sorted(one.dimension for one in ideals if not one.central) == expected, strings
        centre = sum(one.dimension for one in ideals if one.central)
        assert centre + sum(expected) == algebra.dimension


def test_orthogonal_and_symplectic_parts_keep_their_forms():
    """so(8): all strings with an odd number of Y, antisymmetric matrices; sp(4): those that Y on every one of three
    qubits turns into minus their transpose."""
    strings = ["".join(one) for one in product("IXYZ", repeat=3)]
    odd = [one for one in strings if one.count("Y") % 2]
    assert [str(part) for part in classify(map(number, odd), 3).parts] == ["so(8)"]
    turned = [one for one in strings if sum(c != "I" for c in one) % 2]
    assert [str(part) for part in classify(map(number, turned), 3).parts] == ["sp(4)"]


def chain(n, pairs, fields="", ring=False):
    bonds = [word(n, pair, q, (q + 1) % n) for q in range(n if ring else n - 1) for pair in pairs]
    return [*bonds, *(word(n, field, q) for q in range(n) for field in fields)]


def shown(strings):
    found = classify(map(number, strings), len(strings[0]))
    return " + ".join([*["u(1)"] * len(found.centre), *map(str, found.parts)])


# n up to 20: the first three by free fermions; the others are the copies that symmetries leave.
KNOWN = [
    (chain(20, ["ZZ"], "X"), "so(40)"),
    (chain(20, ["ZZ"], "X", ring=True), "2 so(40)"),
    (chain(20, ["XX", "YY"]), "2 so(20)"),
    (chain(20, ["ZZ"], "XY"), f"su({2**20})"),
    (chain(20, ["XX", "YY", "ZZ"]), f"4 su({2**18})"),
    (chain(19, ["XX", "YY", "ZZ"]), f"su({2**18})"),
    ([word(20, "ZZ", a, b) for a, b in combinations(range(20), 2)] + [word(20, "X", q) for q in range(20)],
     f"2 su({2**19})"),
    ([word(20, "Z", q) for q in range(20)], " + ".join(["u(1)"] * 20)),
]  # fmt: skip


@pytest.mark.parametrize(("strings", "expected"), KNOWN)
def test_twenty_qubits(strings, expected):
    began = time.process_time()
    assert shown(strings) == expected
    assert time.process_time() - began < 5


@pytest.mark.parametrize("n", [3, 4, 5])
def test_the_same_families_listed(n):
    for strings in (
        chain(n, ["ZZ"], "X"),
        chain(n, ["ZZ"], "X", ring=True),
        chain(n, ["XX", "YY"]),
        chain(n, ["XX", "YY", "ZZ"]),
        [word(n, "ZZ", a, b) for a, b in combinations(range(n), 2)] + [word(n, "X", q) for q in range(n)],
    ):
        assert classify(map(number, strings), n).dimension == len(listed(strings))


@pytest.mark.parametrize("n", [62, 65, 128])
def test_wide_registers(n):
    algebra = lie_algebra([qt.pauli(one) for one in chain(n, ["ZZ"], "X")])
    assert algebra.dimension == n * (2 * n - 1)
    assert algebra.exact
    assert not algebra.is_bound
    assert f"so({2 * n})" in repr(algebra)
    with pytest.raises(qt.InvalidArgumentError, match="GiB"):
        algebra.basis  # noqa: B018


def test_the_basis_of_strings():
    algebra = lie_algebra([qt.pauli(one) for one in chain(3, ["ZZ"], "X", ring=True)])
    basis = algebra.basis
    assert len(basis) == algebra.dimension == 30
    np.testing.assert_allclose(np.einsum("aij,bji->ab", basis, basis), np.eye(30), atol=1e-14)
    np.testing.assert_array_equal(basis, basis.conj().swapaxes(1, 2))
    for one in algebra.generators:
        np.testing.assert_allclose(algebra.matrices(algebra.coordinates(one)), one, atol=1e-14)


def test_numbers_and_signs_of_strings():
    random = np.random.default_rng(3)
    for _ in range(200):
        a, b = ("".join(random.choice(list("IXYZ"), 3)) for _ in range(2))
        assert letters(number(a), 3) == a
        left, right = qt.pauli(a).matrix(), qt.pauli(b).matrix()
        if np.abs(left @ right + right @ left).max() < 1e-12:
            product_ = qt.pauli(letters(number(a) ^ number(b), 3)).matrix()
            np.testing.assert_allclose(
                1j * left @ right, bracket_sign(number(a), number(b), 3) * product_, atol=1e-14
            )


# Dimensions of the Ising chains are those of the golden file.
FAMILIES = [
    (sums(4, "ZZ", "X"), "transverse-field Ising, open chain, in sums", 16),
    (sums(4, "ZZ", "X", shape="ring"), "transverse-field Ising, ring, in sums", 11),
    (
        sums(4, "ZZ", "X", "Y", shape="all"),
        "Ising with two fields, all pairs, permutation-invariant, in sums",
        None,
    ),
    (sums(4, "XX YY", "ZZ"), "XXZ, open chain, in sums", None),
    (sums(4, "XX YY ZZ", "Z"), "Heisenberg in a field, open chain, in sums", None),
    (sums(4, "XX YY", shape="ring"), "XY, ring, in sums", 1),
    ([qt.pauli(one) for one in chain(4, ["XX"], "Y")], "transverse-field Ising, open chain", 28),
    ([qt.pauli(one) for one in chain(4, ["XX", "YY"], "Z", ring=True)], "XY in a field, ring", None),
    ([qt.pauli(one) for one in ("XI", "IY", "YI", "ZX", "IX")], "all unitaries", 15),
    ([qt.pauli(one) for one in ("XII", "ZXI", "IZX", "IIZ")], "free fermions", 10),
    ([qt.pauli("ZZI"), qt.pauli("XIX")], None, 3),
    ([qt.pauli("ZZI") + 0.5 * qt.pauli("IZZ"), qt.pauli("XII")], None, None),
]


@pytest.mark.parametrize(("generators", "name", "dimension"), FAMILIES)
def test_families_have_their_names(generators, name, dimension):
    algebra = lie_algebra(generators)
    assert algebra.family == name
    if dimension is not None:
        assert algebra.dimension == dimension
    assert "\n" not in repr(algebra)
    assert len(repr(algebra)) < 250
