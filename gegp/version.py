"""The version of gegp."""

VERSION = "0.1.0"
