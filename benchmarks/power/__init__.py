"""The proof that green means something: faults planted by the hundred, and who finds them."""
