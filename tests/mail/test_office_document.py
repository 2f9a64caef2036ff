"""Words of Office Open XML and OpenDocument files, wherever in the document they stand."""

import pytest

from azremediate.mail.budget import Budget
from azremediate.mail.limits import Limits
from azremediate.mail.part_content import read_file
from azremediate.mail.reasons import Reason
from tests.mail.test_taking_apart import zipped

TYPES = {"[Content_Types].xml": b"<Types/>"}
SHEET = b"<x:worksheet><x:row><x:c t='s'><x:v>0</x:v></x:c><x:c t=\"s\"><x:v>1</x:v></x:c></x:row></x:worksheet>"
SHARED = b"<x:sst><x:si><x:t>login</x:t></x:si><x:si><x:t>amy</x:t><x:rPh><x:t>reading</x:t></x:rPh></x:si></x:sst>"


def read(name: str, files: dict[str, bytes]) -> Budget:
    """A document read as a part of a message; a message in it becomes a text of its own."""
    budget = Budget(
        Limits(), lambda: 0.0, "a.eml", "m", "h", lambda raw, path, budget, _: budget.text(path, raw.decode())
    )
    assert read_file(name, zipped(files), name, budget, 0)
    return budget


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("word/document2.xml", b"<w:p><w:t>a letter</w:t></w:p>", "a letter"),
        ("word/diagrams/data1.xml", b"<dgm:pt><a:p><a:t>in a diagram</a:t></a:p></dgm:pt>", "in a diagram"),
        ("xl/drawings/drawing1.xml", b"<a:p><a:r><a:t>in a box</a:t></a:r></a:p>", "in a box"),
        ("xl/connections.xml", b'<dbPr connection="Server=a;Pwd=b"/>', "Server=a;Pwd=b"),
        ("xl/pivotCache/pivotCacheDefinition1.xml", b'<s v="kept"/><n v="1"/>', "kept"),
        ("docProps/custom.xml", b'<property pid="2" name="Code"><vt:lpwstr>abc</vt:lpwstr></property>', "Code: abc"),
        ("word/settings.xml", b'<w:docVar w:name="Code" w:val="abc"/>', "Code: abc"),
        ("word/document.xml", b'<wp:docPr id="1" descr="a described one"/>', "a described one"),
        ("word/embeddings/mail.eml", b"Subject: hidden\n\nwords", "Subject: hidden\n\nwords"),
        ("visio/pages/page1.xml", b"<Text>on a page</Text>", "on a page"),
    ],
)
def test_places(name: str, text: bytes, wanted: str) -> None:
    """Words in the less usual places are a text; nothing is listed."""
    budget = read("a.docx", {**TYPES, name: text})
    assert [part.text.strip() for part in budget.texts] == [wanted]
    assert budget.missed == []


@pytest.mark.parametrize("name", ["word/theme/theme1.xml", "xl/styles.xml", "word/fontTable.xml"])
def test_settings(name: str) -> None:
    """Fonts and colours are no words."""
    assert read("a.docx", {**TYPES, name: b"<a>Calibri</a>"}).texts == []


def test_a_workbook_of_another_program() -> None:
    """Names with a prefix; how a word is read aloud does not belong to it."""
    budget = read("a.xlsx", {**TYPES, "xl/worksheets/sheet1.xml": SHEET, "xl/sharedStrings.xml": SHARED})
    assert [part.text for part in budget.texts] == ["login\tamy"]


@pytest.mark.parametrize(
    "piece",
    ["<si>", "<c>", "<c ", "<v", "<rPh>", "<w:br", "<text:s", "<property ", "<s ", "<p", '<w:docVar w:name="a" '],
)
@pytest.mark.parametrize(
    "name", ["word/document.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/pivotCache/p.xml", "a.html"]
)
def test_markup_without_end(name: str, piece: str) -> None:
    """Elements that begin again and again: each expression comes to its end; one that does not hangs here."""
    data = (piece * (2_000_000 // len(piece))).encode()
    budget = read("a.docx", {**TYPES, name: data})
    assert budget.missed == []


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({**TYPES, "xl/workbook.bin": b"\x83\x01\x00", "xl/worksheets/sheet1.bin": b"\x81\x01\x00"}, Reason.OLD),
        (
            {
                "mimetype": b"application/vnd.oasis.opendocument.text",
                "content.xml": b"\x93\x01\xff",
                "META-INF/manifest.xml": b"<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>",
            },
            Reason.ENCRYPTED,
        ),
    ],
    ids=["xlsb", "encrypted"],
)
def test_listed(files: dict[str, bytes], reason: Reason) -> None:
    """What has no words that could be read is listed."""
    budget = read("a.xlsb", files)
    assert budget.texts == []
    assert [(one.part, one.reason) for one in budget.missed] == [("a.xlsb", str(reason))]
