"""The text of a PDF, read in a process of its own with limits of time and memory."""

import subprocess
import sys
import tempfile

from azremediate.mail.reasons import Reason

_MEMORY = 600_000_000
_MOST = 20_000_000
_READER = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
except (ImportError, ValueError, OSError):
    pass
import logging, warnings
logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
from pypdf import PdfReader
reader = PdfReader(sys.stdin.buffer)
if reader.is_encrypted and not reader.decrypt(""):
    sys.exit(3)
for page in reader.pages:
    sys.stdout.buffer.write((page.extract_text() or "").encode("utf-8", "replace") + b"\\n")
    for note in page.get("/Annots") or []:
        link = (note.get_object().get("/A") or {}).get("/URI")
        if link:
            sys.stdout.buffer.write(str(link).encode("utf-8", "replace") + b"\\n")
"""


def pdf_text(data: bytes, *, seconds: float) -> str | Reason:
    """The text of all pages with the addresses of links; why not, when the file cannot be read in time."""
    command = [sys.executable, "-I", "-c", _READER, str(_MEMORY)]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output:
        given.write(data)
        given.seek(0)
        try:
            ran = subprocess.run(  # noqa: S603 - our own interpreter and our own text
                command, stdin=given, stdout=output, stderr=subprocess.DEVNULL, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            return Reason.TOO_LONG
        if ran.returncode:
            return Reason.ENCRYPTED if ran.returncode == 3 else Reason.DAMAGED
        output.seek(0)
        return output.read(_MOST).decode("utf-8", "replace")
