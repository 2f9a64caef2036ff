"""Compressed RTF (MS-OXRTFCP), the form in which Outlook keeps the body of a message."""

_RTF_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}"
    b"{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
    b"{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def uncompressed(packed: bytes) -> bytes:
    """The RTF in its compressed form, as Outlook stores it; what is cut off gives what came before."""
    if len(packed) < 16 or packed[8:12] != b"LZFu":
        return packed[16:]
    window = bytearray(_RTF_START.ljust(4096, b"\0"))
    place, at, out = len(_RTF_START), 16, bytearray()
    while at < len(packed) and len(out) < 20_000_000:
        flags, at = packed[at], at + 1
        for bit in range(8):
            if at >= len(packed):
                break
            if not flags >> bit & 1:
                taken, at = packed[at : at + 1], at + 1
            else:
                word = int.from_bytes(packed[at : at + 2], "big")
                offset, length, at = word >> 4, (word & 15) + 2, at + 2
                if offset == place % 4096:
                    return bytes(out)
                taken = None
            for step in range(1 if taken is not None else length):
                byte = taken[0] if taken is not None else window[(offset + step) % 4096]
                out.append(byte)
                window[place % 4096] = byte
                place += 1
    return bytes(out)
