"""The JSON API: the documents of the command line, for programs, as far as a token or an account lets them see."""
