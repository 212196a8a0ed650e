"""The commands of h11spec: one module each, imported when its command is given.

Owns what each command does with its options. It must not hold what two commands share.
"""
