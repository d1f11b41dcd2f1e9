"""Hand-offs and their clocks: as of a moment, by slice, and as an account between marketing and sales."""
