"""An account is bound to the venue's own number of it, too."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; accounts that are bound already learn their number at the next start."""
    op.create_table(
        "account_uids",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("bound_ms", sa.BigInteger(), nullable=False),
    )
