def serve_here(): pass
