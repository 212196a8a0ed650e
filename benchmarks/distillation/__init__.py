"""The choice of the vectors: a few programs that cover most of what the sweeps show."""
