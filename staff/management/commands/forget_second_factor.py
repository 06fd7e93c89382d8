from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError

from staff.entering import forget


class Command(BaseCommand):
    help = "Remove the lost second factor of a member of the staff, who sets up another at their next entry."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, username, **options):
        user = get_user_model().objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"No account is named {username}.")
        forget(user, None)
        self.stdout.write(f"{username} will set up another second factor.")
