"""What is made of one form definition: the template, the schema, the table, the page."""
