"""Lets `python -m azremediate` be the same as the command `azremediate`."""

from azremediate.cli.main import main

if __name__ == "__main__":
    main()
