"""The register of events: what happened to the models that are compared, written by the database itself.

Triggers, so that an `update()`, a bulk write or a hand in `psql` leave their trace too; nothing rewrites it.
"""

from contextlib import contextmanager

import pgtrigger
from django.db import connection, transaction

REASON = "comparia.reason"
WRITE = f"""
    INSERT INTO models_catalog_event (model_id, slug, kind, before, after, reason, at)
    SELECT model.id, model.slug, happened.kind, happened.before, happened.after,
           coalesce(current_setting('{REASON}', true), ''), now()
      FROM ({{happened}}) AS happened (kind, before, after), ({{model}}) AS model
     WHERE happened.kind IS NOT NULL;
    RETURN NULL;
"""

MODEL_TRIGGERS = [
    pgtrigger.Trigger(
        name="register_new_model",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=WRITE.format(happened="VALUES ('added', '', NEW.status)", model="SELECT NEW.id, NEW.slug"),
    ),
    pgtrigger.Trigger(
        name="register_changed_model",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        func=WRITE.format(
            happened="""VALUES
                (CASE WHEN NEW.status = OLD.status THEN NULL
                      WHEN NEW.status IN ('enabled', 'paused', 'archived') THEN NEW.status
                      WHEN OLD.status IN ('enabled', 'paused', 'archived') THEN 'withdrawn' END,
                 OLD.status, NEW.status),
                (CASE WHEN NEW.quantization <> OLD.quantization THEN 'quantization' END,
                 OLD.quantization, NEW.quantization)""",
            model="SELECT NEW.id, NEW.slug",
        ),
    ),
]

ENDPOINT_TRIGGERS = [
    pgtrigger.Trigger(
        name="register_new_endpoint",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=WRITE.format(
            happened="VALUES ('endpoint_added', '', NEW.provider || ': ' || NEW.api_model_id)",
            model="SELECT id, slug FROM models_catalog_languagemodel WHERE id = NEW.model_id",
        ),
    ),
    pgtrigger.Trigger(
        name="register_removed_endpoint",
        when=pgtrigger.After,
        operation=pgtrigger.Delete,
        func=WRITE.format(
            happened="VALUES ('endpoint_removed', OLD.provider || ': ' || OLD.api_model_id, '')",
            model="SELECT id, slug FROM models_catalog_languagemodel WHERE id = OLD.model_id",
        ),
    ),
    pgtrigger.Trigger(
        name="register_changed_endpoint",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        func=WRITE.format(
            happened="""VALUES
                (CASE WHEN NEW.is_enabled < OLD.is_enabled THEN 'endpoint_paused'
                      WHEN NEW.is_enabled > OLD.is_enabled THEN 'endpoint_enabled' END,
                 OLD.provider || ': ' || OLD.api_model_id, NEW.provider || ': ' || NEW.api_model_id),
                (CASE WHEN NEW.provider <> OLD.provider THEN 'provider' END, OLD.provider, NEW.provider),
                (CASE WHEN NEW.quantization <> OLD.quantization THEN 'quantization' END,
                 OLD.quantization, NEW.quantization),
                (CASE WHEN NEW.system_prompt <> OLD.system_prompt THEN 'system_prompt' END, '', ''),
                (CASE WHEN (NEW.api_model_id, NEW.base_url, NEW.protocol, NEW.extra, NEW.position)
                        <> (OLD.api_model_id, OLD.base_url, OLD.protocol, OLD.extra, OLD.position)
                      THEN 'endpoint_changed' END,
                 OLD.api_model_id, NEW.api_model_id)""",
            model="SELECT id, slug FROM models_catalog_languagemodel WHERE id = NEW.model_id",
        ),
    ),
]


@contextmanager
def because(reason):
    """One transaction, whose events all have this reason."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [REASON, reason])
        yield
