"""A segment's `where`: what it may name, what it may cost, and for which rows it is true."""
