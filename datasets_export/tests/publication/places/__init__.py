"""Servers that speak the APIs of the places where releases go, written from their public documentation."""
