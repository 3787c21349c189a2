"""What the cloud billed, per day, component and hub; what a unit of usage cost; and the cost API."""
