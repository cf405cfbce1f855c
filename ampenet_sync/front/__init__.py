"""The front door for Python: what `import ampenet_sync` gives. It calls the stories and decides nothing by itself."""
