"""A ledger in PostgreSQL knows where it lives, so that it notices when it was moved."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Compared byte by byte: what is unique must not hang on the host's locales.
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the column; SQLite leaves it empty."""
    op.add_column("ledger", sa.Column("lineage", _TEXT))
