"""Bytes of WebSocket frames, both ways (RFC 6455), without I/O."""
