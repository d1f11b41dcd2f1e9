"""The version of the program: a part of every build's key."""

VERSION = "0.1.0"
