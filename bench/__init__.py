"""The bench: how long things take, measured on made-up data of a stated size. Run it with `make bench`."""
