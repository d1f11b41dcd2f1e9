"""A contract proposed from exports: what each file holds, by its names and its values, with a reason for each guess."""
