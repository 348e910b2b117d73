"""An account is bound to the venue's own number of it, too."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Compared byte by byte: what is unique must not hang on the host's locales.
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table; accounts that are bound already learn their number at the next start."""
    op.create_table(
        "account_uids",
        sa.Column("account", _TEXT, primary_key=True),
        sa.Column("uid", _TEXT, nullable=False),
        sa.Column("bound_ms", sa.BigInteger(), nullable=False),
    )
