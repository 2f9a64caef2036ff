"""Query options as Microsoft Graph takes them: filter, select, expand, order, count and pages."""
