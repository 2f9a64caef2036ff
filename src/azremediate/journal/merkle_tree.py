"""The Merkle tree over the audit log's leaf hashes (RFC 6962): its root while it grows, and proofs about it.

All hashes are 32 bytes. The hash of a leaf is SHA-256 over a zero byte and its content, that of an inner node over a
one byte and the hashes of its two children.
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


class GrowingTree:
    """A tree that only grows: of all nodes it keeps those that later roots need, at most one of each height."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next leaf; costs as many hashes as the size has ones at its binary end."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self._peaks.pop(), node)
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes."""
    tree = GrowingTree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The audit path of RFC 6962 section 2.1.1: that leaf `index`, counted from 0, is in the tree over `leaves`."""
    if not 0 <= index < len(leaves):
        raise ValueError("there is no such leaf")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(index, leaves[:split]), root_of(leaves[split:])]
    return [*inclusion_proof(index - split, leaves[split:]), root_of(leaves[:split])]


def consistency_proof(older: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The proof of RFC 6962 section 2.1.2: that the tree over the first `older` leaves grew into that over all."""
    if not 0 < older <= len(leaves):
        raise ValueError("there is no such older tree")
    return _subproof(older, leaves, whole=True)


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that `leaf` is number `index`, from 0, of the `size` leaves below `root`."""
    if not 0 <= index < size:
        return False
    number, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            node = node_hash(step, node)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            node = node_hash(node, step)
        number, last = number >> 1, last >> 1
    return last == 0 and node == root


def grew(older: int, older_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree of `older` leaves is the beginning of that of `size` leaves."""
    if not 0 < older <= size:
        return False
    if older == size:
        return not proof and older_root == root
    path = list(proof)
    if older & (older - 1) == 0:
        path.insert(0, older_root)  # a complete older tree is itself a node of the newer one, and is left out
    if not path:
        return False
    number, last = older - 1, size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old_node = new_node = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            old_node, new_node = node_hash(step, old_node), node_hash(step, new_node)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new_node = node_hash(new_node, step)
        number, last = number >> 1, last >> 1
    return last == 0 and old_node == older_root and new_node == root


def _subproof(older: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if older == len(leaves):
        return [] if whole else [root_of(leaves)]
    split = _split(len(leaves))
    if older <= split:
        return [*_subproof(older, leaves[:split], whole=whole), root_of(leaves[split:])]
    return [*_subproof(older - split, leaves[split:], whole=False), root_of(leaves[:split])]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
