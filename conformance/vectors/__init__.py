"""The distilled corpus: few programs that show most of it, each with what the reference shows."""
