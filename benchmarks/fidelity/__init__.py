"""How true real mail comes through: `make fidelity`."""
