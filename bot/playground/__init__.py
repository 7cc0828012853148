"""The playground: the whole product in a browser, on this machine only, with no token from anybody."""
