"""How Alembic runs here: on the connection and in the transaction of `storage.schema`."""

from alembic import context

from storage.indexes import WHOLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=WHOLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
