"""Connections: WebSocket, server-sent events, and uvicorn's protocols."""
