"""Wording: values, steps and facts of a finding as text for people.

Owns the phrases and the escaping that every format shares. It must not know any format.
"""
