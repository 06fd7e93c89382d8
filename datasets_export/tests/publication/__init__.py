"""Publication, against servers that speak the APIs of the places where releases go."""
