"""What a user may use, what the user has used, and whether the next server may start."""
