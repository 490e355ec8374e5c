"""``python -m gegp``: the command line."""

from gegp.cli import main

if __name__ == "__main__":
    main()
