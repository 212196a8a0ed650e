"""Wording: findings, steps and values as text for people, and the escaping of hostile text.

Owns the phrases and the escaping that several formats share. It must not know any layout.
"""
