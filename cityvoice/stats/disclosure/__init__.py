"""Disclosure control: no published table or file may tell what one resident said."""
