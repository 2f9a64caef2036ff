"""New passwords are long, random and accepted by the directory's rules."""

from azremediate.actions._password import LENGTH, new_password


def test_every_class_of_characters() -> None:
    """Small and capital letters, digits and signs are all there, and a letter comes first."""
    for _ in range(200):
        text = new_password().use(str)
        assert len(text) == LENGTH
        assert text[0].isalpha()
        assert text.isascii()
        assert any(map(str.islower, text))
        assert any(map(str.isupper, text))
        assert any(map(str.isdigit, text))
        assert any(not one.isalnum() for one in text)


def test_no_two_alike() -> None:
    """Each password is a new one."""
    assert len({new_password().use(str) for _ in range(50)}) == 50
