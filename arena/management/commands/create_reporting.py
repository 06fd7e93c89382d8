from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from psycopg import sql

VIEWS = Path(__file__).parents[2] / "reporting.sql"


class Command(BaseCommand):
    help = "Makes anew the views that a reporting tool may read, and the role that can read nothing else."

    def add_arguments(self, parser):
        parser.add_argument("--role", default="comparia_reporting", help="Of the readers; it cannot log in by itself.")
        parser.add_argument("--drop", action="store_true", help="Only take the views away, before a migration.")
        parser.add_argument("--dry-run", action="store_true", help="Print the SQL, and run nothing.")

    def handle(self, *, role, drop, dry_run, **_options):
        made = [] if drop else ["CREATE SCHEMA reporting", VIEWS.read_text()]
        statements = ["DROP SCHEMA IF EXISTS reporting CASCADE", *made]
        with connection.cursor() as cursor:
            granted = [] if drop else [statement.as_string(cursor.connection) for statement in grants(cursor, role)]
            if dry_run:
                self.stdout.write(";\n".join([*statements, *granted]) + ";")
                return
            with transaction.atomic():
                for statement in statements:
                    cursor.execute(statement)
            try:
                with transaction.atomic():
                    for statement in granted:
                        cursor.execute(statement)
            except ProgrammingError as error:
                self.stderr.write(f"The role was not made ({type(error.__cause__).__name__}). Someone who may, runs:")
                self.stderr.write(";\n".join(granted) + ";")
        self.stdout.write("No view is left." if drop else f"{count()} views in the schema “reporting”, read by {role}.")


def grants(cursor, role):
    """What lets the role read the views, and nothing else."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    name = sql.Identifier(role)
    if cursor.fetchone() is None:
        yield sql.SQL("CREATE ROLE {} NOLOGIN").format(name)
    yield sql.SQL("GRANT USAGE ON SCHEMA reporting TO {}").format(name)
    yield sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO {}").format(name)


def count():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_views WHERE schemaname = 'reporting'")
        return cursor.fetchone()[0]
