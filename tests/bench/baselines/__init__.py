"""What the product is measured against: small programs of their own, run as the product is."""
