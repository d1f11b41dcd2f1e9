"""Who may do what: accounts, teams, roles, tokens, saved views, and the log of what was done."""
