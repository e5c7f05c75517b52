"""The watches, pack by pack. A pack can be switched on and off; each is one module with its `WATCHES`."""
