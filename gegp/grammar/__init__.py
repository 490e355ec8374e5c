"""Grammars: reading BNF into frozen values, and what can be known of them."""
