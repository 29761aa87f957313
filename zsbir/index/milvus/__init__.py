"""Vectors that live in Milvus: on a server, in a cluster, or in a file of its embedded engine."""
