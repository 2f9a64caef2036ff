"""Files in: the configuration, playbooks and credential lists, checked before anything else sees them."""
