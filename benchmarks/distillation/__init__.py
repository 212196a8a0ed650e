"""The choice of the vectors: of all that the sweeps run, the few programs that show most of it."""
