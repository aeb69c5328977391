"""Schema text to intermediate representation. Pure: no Django, no graphene, no I/O."""
