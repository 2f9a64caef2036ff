"""Views of plans and runs: objects in, text or JSON out; nothing is read or written here."""
