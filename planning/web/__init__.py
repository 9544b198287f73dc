"""`planning serve`: the what-if page with a server behind it (extra `app`)."""
