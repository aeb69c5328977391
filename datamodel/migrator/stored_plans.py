"""Plans that wait for somebody to confirm them."""

from __future__ import annotations

import uuid

from datamodel.access import Actor
from datamodel.migrator.errors import StalePlan
from datamodel.migrator.history import sources_from_json, sources_to_json
from datamodel.migrator.options import PlanOptions
from datamodel.migrator.plan import Plan, make_plan
from datamodel.models import SchemaPlan

__all__ = ["load_plan", "save_plan"]


def save_plan(plan: Plan, actor: Actor) -> SchemaPlan:
    """Keep what the plan is made from; what it says is worked out anew when it is loaded."""
    return SchemaPlan.objects.create(
        created_by=actor.name,
        base_version=plan.base_version,
        sources=sources_to_json(plan.sources),
        select=plan.select or "",
        options=plan.options.to_json(),
    )


def load_plan(plan_id: uuid.UUID | str, options: PlanOptions | None = None) -> Plan:
    """Make the stored plan again, with other answers where ``options`` is given.

    Raises SchemaPlan.DoesNotExist, and StalePlan where another version is active by now.
    """
    stored = SchemaPlan.objects.get(pk=plan_id)
    chosen = options if options is not None else PlanOptions.from_json(stored.options)
    plan = make_plan(sources_from_json(stored.sources), chosen, select=stored.select or None)
    if plan.base_version != stored.base_version:
        raise StalePlan(
            f"Version {plan.base_version} became active since this plan was made. Upload the schema again."
        )
    return plan
