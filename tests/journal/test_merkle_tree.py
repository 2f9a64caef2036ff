"""The Merkle tree of RFC 6962: known roots, and proofs that show what they should and nothing else."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.journal.merkle_tree import (
    EMPTY_ROOT,
    GrowingTree,
    consistency_proof,
    grew,
    includes,
    inclusion_proof,
    root_of,
)

CONTENTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
"""The eight leaves that Certificate Transparency's own tests use, in hexadecimal."""

ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The roots over the first one, two, ... eight of them."""

LEAVES = [sha256(b"\x00" + bytes.fromhex(content)).digest() for content in CONTENTS]


def leaves_of(count: int) -> list[bytes]:
    """So many different leaf hashes."""
    return [sha256(b"\x00" + str(number).encode()).digest() for number in range(count)]


def by_definition(leaves: list[bytes]) -> bytes:
    """The root as section 2.1 of the RFC defines it, by halving."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


def test_known_roots() -> None:
    """The roots over the eight known leaves, while the tree grows."""
    tree = GrowingTree()
    assert tree.root() == EMPTY_ROOT == bytes.fromhex(sha256(b"").hexdigest())
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        tree.append(leaf)
        assert tree.root().hex() == root
    assert tree.size == len(LEAVES)


def test_roots_by_definition() -> None:
    """A root that grew is the one of the definition, for every size up to 130."""
    leaves = leaves_of(130)
    tree = GrowingTree()
    for size, leaf in enumerate(leaves, 1):
        tree.append(leaf)
        assert tree.root() == by_definition(leaves[:size])


def test_known_paths() -> None:
    """Proofs in the example tree of section 2.1.3: seven leaves, and the older trees of 3, 4 and 6 leaves."""
    leaves = LEAVES[:7]
    _, b, c, d, _, f, j = leaves
    g, h, i = (root_of(leaves[at : at + 2]) for at in (0, 2, 4))
    k, last = root_of(leaves[:4]), root_of(leaves[4:])
    assert inclusion_proof(0, leaves) == [b, h, last]
    assert inclusion_proof(3, leaves) == [c, g, last]
    assert inclusion_proof(4, leaves) == [f, j, k]
    assert inclusion_proof(6, leaves) == [i, k]
    assert consistency_proof(3, leaves) == [c, d, g, last]
    assert consistency_proof(4, leaves) == [last]
    assert consistency_proof(6, leaves) == [i, j, k]


@pytest.mark.parametrize("size", range(1, 34))
def test_every_proof(size: int) -> None:
    """Each leaf is shown to be included, each older tree to be the beginning, and at no other place."""
    leaves = leaves_of(size)
    root = root_of(leaves)
    for index, leaf in enumerate(leaves):
        proof = inclusion_proof(index, leaves)
        assert includes(leaf, index, size, proof, root)
        assert not any(includes(leaf, other, size, proof, root) for other in range(size) if other != index)
    for older in range(1, size + 1):
        proof = consistency_proof(older, leaves)
        assert grew(older, root_of(leaves[:older]), size, root, proof)
        assert not grew(older, root_of(leaves_of(older + 1)[1:]), size, root, proof)


def mutated(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    """The proof with one bit flipped, one hash more, one less, or two swapped; always another proof."""
    kind = data.draw(st.sampled_from(["more", *(["flip", "less"] if proof else [])]))
    at = data.draw(st.integers(0, max(len(proof) - 1, 0)))
    if kind == "more":
        return [*proof[:at], data.draw(st.binary(min_size=32, max_size=32)), *proof[at:]]
    if kind == "less":
        return proof[:at] + proof[at + 1 :]
    bit = data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(proof[at]) ^ (1 << bit)).to_bytes(32)
    return [*proof[:at], flipped, *proof[at + 1 :]]


@given(st.integers(1, 200), st.data())
def test_mutated_inclusion(size: int, data: st.DataObject) -> None:
    """A proof that was touched shows nothing."""
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    proof = mutated(inclusion_proof(index, leaves), data)
    assert not includes(leaves[index], index, size, proof, root_of(leaves))


@given(st.integers(1, 200), st.data())
def test_mutated_consistency(size: int, data: st.DataObject) -> None:
    """A proof that was touched shows nothing; nor does one for another size or a tree that was altered."""
    leaves = leaves_of(size)
    older = data.draw(st.integers(1, size))
    proof = consistency_proof(older, leaves)
    roots = (root_of(leaves[:older]), root_of(leaves))
    assert grew(older, roots[0], size, roots[1], proof)
    assert not grew(older, roots[0], size, roots[1], mutated(proof, data))
    changed = data.draw(st.integers(0, older - 1))
    other = [*leaves[:changed], sha256(b"other").digest(), *leaves[changed + 1 :]]
    assert not grew(older, roots[0], size, root_of(other), consistency_proof(older, other))


def test_places_that_do_not_exist() -> None:
    """Outside of the tree nothing is proven."""
    leaves = leaves_of(5)
    root = root_of(leaves)
    assert not includes(leaves[0], -1, 5, [], root)
    assert not includes(leaves[0], 5, 5, [], root)
    assert not grew(0, EMPTY_ROOT, 5, root, [])
    assert not grew(6, root, 5, root, [])
    assert not grew(3, root, 5, root, [])
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_proof(5, leaves)
    with pytest.raises(ValueError, match="no such older tree"):
        consistency_proof(0, leaves)
