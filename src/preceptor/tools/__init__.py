"""The tools that Preceptor supervises, one folder a tool."""
