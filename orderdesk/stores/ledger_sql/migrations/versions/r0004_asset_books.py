"""Books of assets: our fills against the exchange's balances, one row an asset."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Compared byte by byte: what is unique must not hang on the host's locales.
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables; the first sync fills them."""
    op.create_table(
        "asset_cursors",
        sa.Column("account", _TEXT, primary_key=True),
        sa.Column("fill_id", _ROW_ID, nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("syncs", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "asset_books",
        sa.Column("account", _TEXT, nullable=False),
        sa.Column("asset", _TEXT, nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, _TEXT, nullable=False)
            for name in ("baseline", "ours", "fees", "moved", "drift")
        ),
        sa.Column("drift_syncs", sa.Integer(), nullable=False),
        sa.Column("level_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account", "asset"),
    )
