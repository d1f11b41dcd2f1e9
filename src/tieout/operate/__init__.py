"""What people decide: Django applications, one folder each. No page and no address is made here; `show` does that."""
