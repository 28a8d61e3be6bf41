"""What the forges' doubles share: HTTP on a socket, git behind it, LFS, faults, the journal and its verdict."""
