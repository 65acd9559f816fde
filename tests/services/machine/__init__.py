"""What the state machine is made of: what it may ask, how it asks the services, and how it compares."""
