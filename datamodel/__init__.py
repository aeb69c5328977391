"""The engine: schema text to models, tables, records and API. Knows nothing of HTML."""
